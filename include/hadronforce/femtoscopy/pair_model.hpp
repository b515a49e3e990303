#pragma once

#include "hadronforce/femtoscopy/model_form.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/bound_states.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// What is known of a solution beside C: a number, or one for each momentum.
struct Quantity {
    std::string name;  ///< "a0_fm", "channels[0].waves[1].delta_k_min_rad", "delta_rad"
    std::string unit;
    std::string description;
    bool is_count = false;  ///< a whole number, which has no error
};

/// All that a kind of pair knows, in the order of its solutions.
struct PairQuantities {
    std::vector<Quantity> numbers;
    std::vector<Quantity> curves;  ///< one value for each momentum
};

/// Place of the quantity of that name; none where there is none.
std::optional<std::size_t> find(std::vector<Quantity> const& quantities, std::string const& name);
std::vector<std::string> names_of(std::vector<Quantity> const& quantities);
std::vector<std::string> descriptions_of(std::vector<Quantity> const& quantities);
std::string units_of(std::vector<Quantity> const& quantities);  ///< with commas between

/// C(k*) of a pair, and the quantities of its kind.
struct PairSolution {
    Eigen::ArrayXd correlation;
    double error_estimate = 0.0;         ///< of C, relative to max(1, C)
    Eigen::VectorXd numbers;             ///< PairQuantities::numbers
    std::vector<Eigen::ArrayXd> curves;  ///< PairQuantities::curves
    std::vector<std::size_t> phases;     ///< which of the curves are phase shifts, continuous in k*
    int recomputed_waves = 0;            ///< that the finest grid did not bring to the tolerance, PairCorrelation's

    std::vector<Eigen::ArrayXd> phases_rad() const {
        std::vector<Eigen::ArrayXd> shifts;
        for (auto const place : phases) shifts.push_back(curves[place]);
        return shifts;
    }
};

/// Solves one kind of pair for the same momenta and any values of its parameters. Keeps tables between calls; one
/// object a thread.
class PairSolver {
  public:
    virtual ~PairSolver() = default;
    /// Throws InputError for parameters that the pair refuses, ConvergenceError.
    virtual PairSolution solve(Eigen::VectorXd const& parameters) = 0;
};

/// A potential of a pair, and the path of a config under which it stands: "channels[0].waves[1]",
/// "coupled.potentials[2].real"; of a single wave of different particles "potential". Channels and waves that have
/// names stand there by these: "triplet.3P0".
struct PlacedPotential {
    std::string path;
    std::shared_ptr<LocalPotential const> potential;
    bool varies;  ///< depends on a parameter
};

/// A partial wave of a pair whose waves do not couple.
struct WaveOfPair {
    std::string
        prefix;  ///< before the names of its quantities, "channels[0].waves[1]."; empty where it is the only one
    std::int64_t channel = 0;
    double weight = 1.0;  ///< of its channel
    Exchange exchange = Exchange::none;
    PartialWaveKind kind;
    std::string interaction;
    PotentialParameters parameters;               ///< of a local potential by form
    std::shared_ptr<LocalPotential const> local;  ///< none: no local part
};

/// A channel of a pair whose channels turn into each other; the first of them is observed.
struct CoupledChannelOfPair {
    std::string contribution;  ///< the curve that pairs produced in it add to C
    std::string name;
    double threshold_MeV = 0.0;  ///< above that of the observed channel
    double weight = 1.0;         ///< of its production
    double share = 1.0;          ///< of the pairs that are in its spin state
};

/// All that decides C(k*) of a pair, up to the values of its parameters: uncoupled_pair.hpp, coupled_pair.hpp,
/// lednicky_pair.hpp, nonlocal_pair.hpp, and several of them in mixed_pair.hpp.
class PairKind {
  public:
    virtual ~PairKind() = default;
    /// The potential's form where there is only an s-wave of different particles, else "4 channels, 4 waves", "2
    /// coupled channels".
    virtual std::string interaction_name() const = 0;
    /// Of the pair that is observed.
    virtual double reduced_mass_MeV() const = 0;
    /// The source of all pairs; none where channels have their own, which for_each_source then visits.
    virtual ModelForm const* source() const = 0;
    /// Everything that may depend on parameters: forms, and numbers beside them.
    virtual void for_each_potential(std::function<void(ModelForm const&)> const&) const {}
    virtual void for_each_source(std::function<void(ModelForm const&)> const& visit) const { visit(*source()); }
    virtual void for_each_number(std::function<void(ModelNumber const&)> const&) const {}
    /// Throws InputError for a value out of range.
    virtual std::vector<PlacedPotential> potentials(Eigen::VectorXd const&) const { return {}; }
    /// Throws InputError where a potential or source cannot be made of the parameters.
    virtual void check(Eigen::VectorXd const& parameters) const = 0;
    virtual PairQuantities quantities() const = 0;
    /// What takes a calculation of its own, and so is no part of a solution: a0 and r_eff of charged s-waves.
    virtual std::vector<Quantity> threshold_quantities() const { return {}; }
    /// Their values; not a number where they cannot be computed.
    virtual Eigen::VectorXd at_threshold(Eigen::VectorXd const&) const { return {}; }
    /// Of the pair that is observed.
    virtual int charge_product() const = 0;
    /// None where waves couple, or where there are none.
    virtual std::vector<WaveOfPair> partial_waves(Eigen::VectorXd const&) const { return {}; }
    virtual std::vector<CoupledChannelOfPair> coupled_channels(Eigen::VectorXd const&) const { return {}; }
    /// Of each partial wave. `solution`: for the momenta. `charged_levels`: as of bound_states().
    virtual std::vector<BoundStates> bound_states(Eigen::VectorXd const& /*parameters*/,
                                                  Eigen::ArrayXd const& /*k_star_MeV*/,
                                                  PairSolution const& /*solution*/, int /*charged_levels*/) const {
        return {};
    }
    /// How many radial equations are solved for each momentum.
    virtual std::size_t waves() const = 0;
    /// `k_star_MeV`: ascending. Throws InputError for momenta, masses or a tolerance that the solvers refuse.
    virtual std::unique_ptr<PairSolver> solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const = 0;
};

struct PairModel {
    std::string name;
    std::shared_ptr<PairKind const> kind;
    double tolerance = 1e-6;  ///< largest error of C, relative to max(1, C)

    std::unique_ptr<PairSolver> solver(Eigen::ArrayXd const& k_star_MeV) const {
        return kind->solver(k_star_MeV, tolerance);
    }
    /// Places of the parameters that the pair depends on, ascending.
    std::vector<Eigen::Index> parameters() const;
    bool has_potential_form(std::string const& form) const;
};

}  // namespace hadronforce
