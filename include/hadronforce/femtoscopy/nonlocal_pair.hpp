#pragma once

#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/interaction/nonlocal_potential.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace hadronforce {

/// A local part, a non-local part, or both, in the s-wave of two different particles.
struct NonlocalModel {
    std::string name;  ///< "separable_exponential + square_well"
    double reduced_mass_MeV = 0.0;
    int charge_product = 0;
    double charge_radius_fm = 0.0;  ///< of SmearedCharges, in the local part of `local_form`
    double tolerance = 1e-13;       ///< NonlocalSolver's
    std::optional<ModelForm> local_form;
    std::shared_ptr<LocalPotential const> local;  ///< instead, with its charges: one without parameters
    std::map<std::string, ModelNumber> numbers;   ///< of the non-local part, by key
    /// The non-local part of their values; none: there is none.
    std::function<std::shared_ptr<NonlocalPotential const>(std::map<std::string, double> const&)> make_nonlocal;
    ModelForm source;
};

/// Pairs with a non-local interaction, solved by NonlocalSolver. Numbers: a0_fm, r_eff_fm, bound_states, between
/// charges those of the Coulomb-modified effective-range expansion; curves: delta_rad.
class NonlocalPair final : public PairKind {
  public:
    explicit NonlocalPair(NonlocalModel model) : model_(std::move(model)) {}

    std::string interaction_name() const override { return model_.name; }
    double reduced_mass_MeV() const override { return model_.reduced_mass_MeV; }
    ModelForm const* source() const override { return &model_.source; }
    void for_each_potential(std::function<void(ModelForm const&)> const& visit) const override;
    void for_each_number(std::function<void(ModelNumber const&)> const& visit) const override;
    std::vector<PlacedPotential> potentials(Eigen::VectorXd const& parameters) const override;
    void check(Eigen::VectorXd const& parameters) const override;
    PairQuantities quantities() const override;
    int charge_product() const override { return model_.charge_product; }
    std::vector<WaveOfPair> partial_waves(Eigen::VectorXd const& parameters) const override;
    std::vector<BoundStates> bound_states(Eigen::VectorXd const& parameters, Eigen::ArrayXd const& k_star_MeV,
                                          PairSolution const& solution, int charged_levels) const override;
    std::size_t waves() const override { return 1; }
    std::unique_ptr<PairSolver> solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const override;

  private:
    NonlocalModel model_;
};

inline std::shared_ptr<PairKind const> nonlocal_pair(NonlocalModel model) {
    return std::make_shared<NonlocalPair>(std::move(model));
}

}  // namespace hadronforce
