#pragma once

#include "hadronforce/femtoscopy/pair_model.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// A spin state of a pair, with a kind of its own.
struct MixedPart {
    std::string name;  ///< "5S2"; stands before all that is known of it
    ModelNumber weight{1.0, {}};
    std::shared_ptr<PairKind const> kind;
};

struct MixedModel {
    std::vector<MixedPart> parts;  ///< of one pair: the same reduced mass
    ModelForm source;              ///< of the pair in every part
    int charge_product = 0;

    /// At some values of the parameters; they add to 1 exactly. Throws InputError for one that is negative, and for
    /// those that do not add to 1 within 1e-6.
    Eigen::VectorXd weights(Eigen::VectorXd const& parameters) const;
};

/// Pairs whose spin states are of different kinds - uncoupled waves, coupled channels with absorption, amplitudes of
/// Lednicky and Lyuboshits, non-local interactions: C = sum_i w_i C_i. Quantities, and paths of potentials, are those
/// of the parts with "NAME." before them.
class MixedPair final : public PairKind {
  public:
    /// Throws InputError unless there is a part, and all have one reduced mass within 1e-9.
    explicit MixedPair(MixedModel model);
    MixedModel const& model() const { return model_; }

    std::string interaction_name() const override;
    double reduced_mass_MeV() const override { return model_.parts.front().kind->reduced_mass_MeV(); }
    ModelForm const* source() const override { return &model_.source; }
    void for_each_potential(std::function<void(ModelForm const&)> const& visit) const override;
    void for_each_source(std::function<void(ModelForm const&)> const& visit) const override;
    void for_each_number(std::function<void(ModelNumber const&)> const& visit) const override;
    std::vector<PlacedPotential> potentials(Eigen::VectorXd const& parameters) const override;
    void check(Eigen::VectorXd const& parameters) const override;
    PairQuantities quantities() const override;
    std::vector<Quantity> threshold_quantities() const override;
    Eigen::VectorXd at_threshold(Eigen::VectorXd const& parameters) const override;
    int charge_product() const override { return model_.charge_product; }
    std::vector<WaveOfPair> partial_waves(Eigen::VectorXd const& parameters) const override;
    std::vector<CoupledChannelOfPair> coupled_channels(Eigen::VectorXd const& parameters) const override;
    std::vector<BoundStates> bound_states(Eigen::VectorXd const& parameters, Eigen::ArrayXd const& k_star_MeV,
                                          PairSolution const& solution, int charged_levels) const override;
    std::size_t waves() const override;
    std::unique_ptr<PairSolver> solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const override;

  private:
    MixedModel model_;
};

inline std::shared_ptr<PairKind const> mixed_pair(MixedModel model) {
    return std::make_shared<MixedPair>(std::move(model));
}

}  // namespace hadronforce
