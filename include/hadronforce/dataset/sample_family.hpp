#pragma once

#include "hadronforce/dataset/prior.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

struct Pair {
    std::string name;
    double mass1_MeV = 0.0;
    double mass2_MeV = 0.0;
    int charge_product = 0;  ///< of point charges; positive repels
    double reduced_mass_MeV() const;
};

/// The potential of one partial wave, up to the values of free parameters.
struct WaveFamily {
    int l = 0;
    std::string form;
    PotentialParameters parameters;  ///< of free ones, the value does not matter
};

/// A SpinChannel whose potentials vary.
struct ChannelFamily {
    double weight = 1.0;
    Exchange exchange = Exchange::none;
    std::vector<WaveFamily> waves;
};

/// Which wave of which channel.
struct WavePlace {
    std::size_t channel = 0;
    std::size_t wave = 0;
};

/// A parameter that varies from sample to sample.
struct FreeParameter {
    std::string name;  ///< its config key, "b1_MeV", "channels[0].waves[1].b1_MeV"; entries of lists "strengths_MeV[0]"
    std::string key;
    std::size_t entry = 0;           ///< in the list of that key
    std::optional<WavePlace> place;  ///< whose potential it belongs to; none: of the source
    Prior prior;
};

/// One interaction with its source.
struct PairInteraction {
    std::vector<SpinChannel> channels;
    std::unique_ptr<Source> source;
};

/// All interactions that a config speaks of: what is fixed, and what varies how.
struct SampleFamily {
    Pair pair;
    std::vector<ChannelFamily> channels;
    std::string source_form = "gaussian";
    SourceParameters source;  ///< of free ones, the value does not matter
    Eigen::ArrayXd k_star_MeV;
    double tolerance = 1e-6;
    std::vector<FreeParameter> free;

    std::vector<std::string> names() const;
    /// All waves with a force, channel by channel.
    std::vector<WavePlace> waves() const;
    WaveFamily const& wave(WavePlace place) const { return channels[place.channel].waves[place.wave]; }
    bool is_neutral_s_wave(WavePlace place) const { return pair.charge_product == 0 && wave(place).l == 0; }
    /// Whether it is one s-wave of different particles.
    bool is_plain() const;
    /// The potential's form, or "4 channels, 4 waves".
    std::string interaction_name() const;

    /// Values of the free parameters of sample `index`, a function of (seed, index) alone.
    std::vector<double> draw(std::uint64_t seed, std::int64_t index) const;
    /// The three throw InputError for a value out of range.
    PairInteraction interaction(std::vector<double> const& free_values) const;
    std::unique_ptr<LocalPotential> make_potential(WavePlace place, std::vector<double> const& free_values) const;
    std::unique_ptr<Source> make_source(std::vector<double> const& free_values) const;
    /// For all members of the family.
    PairCorrelationSolver make_solver() const;

    /// Names of what scattering theory says of each wave: a0_fm, r_eff_fm, bound_states of neutral s-waves,
    /// delta_k_min_rad, delta_k_max_rad (phase shifts at the smallest and largest k*) of others. Where the family is
    /// not plain, "channels[0].waves[1]." stands before each.
    std::vector<std::string> observables() const;
    /// Their values, from what `make_solver` found.
    Eigen::RowVectorXd observables(PairCorrelation const& result) const;
};

/// "channels[0].waves[1]".
std::string path_of(WavePlace place);

}  // namespace hadronforce
