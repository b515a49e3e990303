#pragma once

#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// A spin state whose s-wave is given by f = 1/(-1/a0 + r_eff k^2/2 - ik); without a force where there is no a0.
struct LednickyChannel {
    double weight = 1.0;
    Exchange exchange = Exchange::none;
    std::optional<ModelNumber> a0_real_fm;  ///< positive with a shallow bound state: -f at threshold
    ModelNumber a0_imaginary_fm;            ///< negative where pairs are lost
    ModelNumber r_eff_fm;
    std::string name = {};  ///< "singlet"; before its curves, in place of "channels[0]"
};

struct LednickyModel {
    double reduced_mass_MeV = 0.0;
    int charge_product = 0;
    std::vector<LednickyChannel> channels;
    bool small_source_correction = true;  ///< the term of |f|^2 times 1 - r_eff/(2 sqrt(pi) r0)
    ModelForm source;                     ///< gaussian
};

/// C(k*) of Lednicky and Lyuboshits (Sov. J. Nucl. Phys. 35 (1982) 770) for a Gaussian source much larger than the
/// range of the force. Of a channel C = 1 + D, D = |f|^2/(2 r0^2) F3 + 2 Re f/(sqrt(pi) r0) F1(2 k r0) - Im f/r0 F2(2 k
/// r0); of identical particles 1 + exp(-4 k^2 r0^2) + 2 D in even states, 1 - exp(-4 k^2 r0^2) in odd ones. With
/// charges C_0^2 (the density of Coulomb waves at r = 0) stands before all and f is 1/(-1/a0 + r_eff k^2/2 - 2 k eta
/// h(eta) - i k C_0^2), which is good where the source is small beside the Bohr radius. Curves: real and imaginary part
/// of f for each channel that has a force.
class LednickyPair final : public PairKind {
  public:
    /// Throws InputError for another source than a Gaussian.
    explicit LednickyPair(LednickyModel model);

    std::string interaction_name() const override { return "lednicky_lyuboshits"; }
    double reduced_mass_MeV() const override { return model_.reduced_mass_MeV; }
    ModelForm const* source() const override { return &model_.source; }
    void for_each_number(std::function<void(ModelNumber const&)> const& visit) const override;
    void check(Eigen::VectorXd const& parameters) const override;
    PairQuantities quantities() const override;
    int charge_product() const override { return model_.charge_product; }
    std::size_t waves() const override { return 0; }
    std::unique_ptr<PairSolver> solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const override;

  private:
    LednickyModel model_;
};

inline std::shared_ptr<PairKind const> lednicky_pair(LednickyModel model) {
    return std::make_shared<LednickyPair>(std::move(model));
}

}  // namespace hadronforce
