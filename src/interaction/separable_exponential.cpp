#include "hadronforce/error.hpp"
#include "hadronforce/interaction/nonlocal_potential.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {

SeparableExponential::SeparableExponential(double omega, double mu, double cut) : omega_(omega), mu_(mu), cut_(cut) {
    if (!std::isfinite(omega)) throw InputError("omega must be finite");
    if (!(mu > 0.0) || !std::isfinite(mu)) throw InputError("mu must be positive and finite");
    if (!(cut > 0.0)) throw InputError("the cut must be positive");
}

void SeparableExponential::fill(Eigen::Ref<Eigen::ArrayXd const> const& r,
                                Eigen::Ref<Eigen::ArrayXd const> const& r_prime, Eigen::Ref<Eigen::ArrayXXd> u) const {
    auto const factor = [this](double x) { return x > cut_ ? 0.0 : std::exp(-mu_ * x); };
    u = omega_ * (r.unaryExpr(factor).matrix() * r_prime.unaryExpr(factor).matrix().transpose()).array();
}

double SeparableExponential::range(double fraction) const {
    // x exp(1 - x) = fraction at x > 1.
    double x = 1.0 - std::log(fraction);
    for (int i = 0; i < 50; ++i) x = 1.0 - std::log(fraction / x);
    return std::min(x / mu_, cut_);
}

}  // namespace hadronforce
