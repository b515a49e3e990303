#pragma once

#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// A strong force in one partial wave.
struct WaveModel {
    int l = 0;
    ModelForm potential;
    std::string name = {};  ///< "3P0"; unique among the pair's
};

/// A SpinChannel.
struct ChannelModel {
    double weight = 1.0;
    Exchange exchange = Exchange::none;
    std::vector<WaveModel> waves;
    std::string name = {};  ///< "triplet"; unique among the pair's
};

struct UncoupledModel {
    double reduced_mass_MeV = 0.0;
    int charge_product = 0;
    std::vector<ChannelModel> channels;
    ModelForm source;
    double charge_radius_fm = 0.0;  ///< of SmearedCharges, in the waves of `channels`; all others are those of points
    bool is_state = false;          ///< the one channel is a spin state of a MixedPair, which has its name

    /// Whether it is one s-wave of different particles.
    bool is_plain() const;
    /// "channels[0].waves[1]", or with names "triplet.3P0" ("3P0" where the channel has none, "triplet" where it has
    /// this wave alone). Of a state "waves[1]", "3P0", or nothing for its only wave.
    std::string name_of(std::size_t channel, std::size_t wave) const;
    /// Before the names of its quantities: that and a dot; nothing where the pair is plain.
    std::string prefix_of(std::size_t channel, std::size_t wave) const;
    /// At some values of the parameters. Throws InputError for a value out of range.
    std::vector<SpinChannel> spin_channels(Eigen::VectorXd const& parameters) const;
};

/// Pairs whose spin channels and waves do not couple, solved by PairCorrelationSolver. Numbers: of every neutral s-wave
/// a0_fm, r_eff_fm, bound_states, of every other wave the phase shifts at the smallest and largest k*, delta_k_min_rad
/// and delta_k_max_rad; curves: delta_rad of each wave. UncoupledModel::prefix_of stands before each.
class UncoupledPair final : public PairKind {
  public:
    explicit UncoupledPair(UncoupledModel model) : model_(std::move(model)) {}
    UncoupledModel const& model() const { return model_; }

    std::string interaction_name() const override;
    double reduced_mass_MeV() const override { return model_.reduced_mass_MeV; }
    ModelForm const* source() const override { return &model_.source; }
    void for_each_potential(std::function<void(ModelForm const&)> const& visit) const override;
    std::vector<PlacedPotential> potentials(Eigen::VectorXd const& parameters) const override;
    void check(Eigen::VectorXd const& parameters) const override;
    PairQuantities quantities() const override;
    /// a0_fm and r_eff_fm of C_0^2 k cot(delta) + 2 k eta h(eta) = -1/a0 + r_eff k^2/2.
    std::vector<Quantity> threshold_quantities() const override;
    Eigen::VectorXd at_threshold(Eigen::VectorXd const& parameters) const override;
    int charge_product() const override { return model_.charge_product; }
    std::vector<WaveOfPair> partial_waves(Eigen::VectorXd const& parameters) const override;
    std::vector<BoundStates> bound_states(Eigen::VectorXd const& parameters, Eigen::ArrayXd const& k_star_MeV,
                                          PairSolution const& solution, int charged_levels) const override;
    std::size_t waves() const override;
    std::unique_ptr<PairSolver> solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const override;

  private:
    UncoupledModel model_;
};

inline std::shared_ptr<PairKind const> uncoupled_pair(UncoupledModel model) {
    return std::make_shared<UncoupledPair>(std::move(model));
}

}  // namespace hadronforce
