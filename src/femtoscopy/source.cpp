#include "hadronforce/femtoscopy/source.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/math/special_functions/gamma.hpp>

#include <cmath>

namespace hadronforce {

GaussianSource::GaussianSource(double r0_fm) : r0_fm_(r0_fm) {
    if (!std::isfinite(r0_fm) || r0_fm <= 0.0) throw InputError("r0_fm must be positive and finite");
}

void GaussianSource::fill_per_fm3(Eigen::Ref<Eigen::ArrayXd const> const& r_fm,
                                  Eigen::Ref<Eigen::ArrayXd> s_per_fm3) const {
    double const four_r0_squared = 4.0 * r0_fm_ * r0_fm_;
    s_per_fm3 = std::pow(units::pi * four_r0_squared, -1.5) * (-r_fm.square() / four_r0_squared).exp();
}

double GaussianSource::radius_outside_which_fm(double fraction) const {
    // The distance in units of 2 r0 is chi-distributed with three degrees of freedom, whatever r0; solvers ask for one
    // fraction again and again.
    thread_local double last_fraction = 1.0, last_radius = 0.0;
    if (fraction != last_fraction) {
        last_radius = std::sqrt(boost::math::gamma_q_inv(1.5, fraction));
        last_fraction = fraction;
    }
    return 2.0 * r0_fm_ * last_radius;
}

}  // namespace hadronforce
