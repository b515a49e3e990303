#include "hadronforce/femtoscopy/source.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/math/special_functions/gamma.hpp>

#include <cmath>

namespace hadronforce {

double Source::radius_of_waves_fm(double k_per_fm, double error) const {
    if (!(k_per_fm > 0.0 && error > 0.0 && error < 1.0))
        throw InputError("k must be positive and the error lie between 0 and 1");
    // Bisection of the logarithm of the fraction outside: the radius falls with it, and with it fraction/(kr)^2 rises.
    double low = std::log(1e-30), high = 0.0;
    for (int i = 0; i < 60 && high - low > 1e-3; ++i) {
        double const middle = 0.5 * (low + high);
        double const kr = k_per_fm * radius_outside_which_fm(std::exp(middle));
        (std::exp(middle) > error * kr * kr ? high : low) = middle;
    }
    return radius_outside_which_fm(std::exp(low));
}

double Source::density_per_fm3(double r_fm) const {
    Eigen::Array<double, 1, 1> const r(r_fm);
    Eigen::Array<double, 1, 1> value;
    fill_per_fm3(r, value);
    return value[0];
}

double Source::characteristic(double q_per_fm) const {
    Eigen::Array<double, 1, 1> const q(q_per_fm);
    Eigen::Array<double, 1, 1> value;
    fill_characteristic(q, value);
    return value[0];
}

double Source::cosine_transform_per_fm2(double q_per_fm) const {
    Eigen::Array<double, 1, 1> const q(q_per_fm);
    Eigen::Array<double, 1, 1> value;
    fill_cosine_transform_per_fm2(q, value);
    return value[0];
}

GaussianSource::GaussianSource(double r0_fm) : r0_fm_(r0_fm) {
    if (!std::isfinite(r0_fm) || r0_fm <= 0.0) throw InputError("r0_fm must be positive and finite");
    static double const of_unit_width = std::pow(4.0 * units::pi, -1.5);
    at_origin_per_fm3_ = of_unit_width / (r0_fm * r0_fm * r0_fm);
}

void GaussianSource::fill_per_fm3(Eigen::Ref<Eigen::ArrayXd const> const& r_fm,
                                  Eigen::Ref<Eigen::ArrayXd> s_per_fm3) const {
    double const four_r0_squared = 4.0 * r0_fm_ * r0_fm_;
    s_per_fm3 = at_origin_per_fm3_ * (-r_fm.square() / four_r0_squared).exp();
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

void GaussianSource::fill_characteristic(Eigen::Ref<Eigen::ArrayXd const> const& q_per_fm,
                                         Eigen::Ref<Eigen::ArrayXd> value) const {
    value = (-r0_fm_ * r0_fm_ * q_per_fm.square()).exp();
}

void GaussianSource::fill_cosine_transform_per_fm2(Eigen::Ref<Eigen::ArrayXd const> const& q_per_fm,
                                                   Eigen::Ref<Eigen::ArrayXd> value_per_fm2) const {
    value_per_fm2 = (-r0_fm_ * r0_fm_ * q_per_fm.square()).exp() / (2.0 * r0_fm_ * r0_fm_);
}

}  // namespace hadronforce
