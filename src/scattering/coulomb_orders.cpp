#include "scattering/coulomb_orders.hpp"

namespace hadronforce {

namespace {

double const large = std::ldexp(1.0, scale_bits);
double const small = std::ldexp(1.0, -scale_bits);
/// F begun where G has grown by this factor is wrong by its inverse square.
constexpr double enough_growth = 1e9;

}  // namespace

CoulombOrders::CoulombOrders(double eta, int l_last)
    : eta_(eta), l_last_(l_last), factor_(1, 1.0), weight_(1, 1.0), coefficients_(1, {0.0, 0.0}) {
    extend(l_last + 32);
}

void CoulombOrders::extend(int l_end) {
    for (int l = static_cast<int>(factor_.size()); l <= l_end; ++l) {
        double const order = l;
        factor_.push_back(std::sqrt(1.0 + (eta_ / order) * (eta_ / order)));
        weight_.push_back(l == 1 ? 1.0 / factor_[1] : weight_[l - 2] * factor_[l - 1] / factor_[l]);
        double const ratio = (2.0 * order + 1.0) * weight_[l] / (factor_[l] * weight_[l - 1]);
        coefficients_.push_back({ratio, ratio * eta_ / (order * (order + 1.0))});
    }
}

double CoulombOrders::turning_order(double rho) const {
    return std::sqrt(0.25 + std::fmax(0.0, rho * (rho - 2.0 * eta_))) - 0.5;
}

void CoulombOrders::upward(double rho, double w, double slope, int scale, Column& column) const {
    column.mantissa.resize(l_last_ + 1);
    column.scale.resize(l_last_ + 1);
    double const per_rho = 1.0 / rho;
    double below = w;
    double here = (per_rho + eta_) * w - slope;
    column.mantissa[0] = below;
    column.scale[0] = scale;
    for (int l = 1;; ++l) {
        if (std::fabs(here) > large) {
            here *= small;
            below *= small;
            ++scale;
        }
        column.mantissa[l] = here;
        column.scale[l] = scale;
        if (l == l_last_) return;
        double const above = (coefficients_[l].per_rho * per_rho + coefficients_[l].constant) * here - below;
        below = here;
        here = above;
    }
}

void CoulombOrders::downward(double rho, Column const& dominant, Column& column) {
    column.mantissa.resize(l_last_ + 1);
    column.scale.resize(l_last_ + 1);
    double const per_rho = 1.0 / rho;

    int const growth_from = static_cast<int>(std::fmax(l_last_, std::ceil(turning_order(rho))));
    int l = l_last_;
    double below = dominant.at(l - 1, dominant.scale[l]);
    double here = dominant.mantissa[l];
    double goal = 0.0;
    while (l <= growth_from || std::fabs(here) < goal) {
        if (l == growth_from) goal = enough_growth * std::fabs(here);
        if (l >= static_cast<int>(coefficients_.size())) extend(2 * l);
        double const above = (coefficients_[l].per_rho * per_rho + coefficients_[l].constant) * here - below;
        below = here;
        here = above;
        ++l;
        if (std::fabs(here) > large) {
            here *= small;
            below *= small;
            goal *= small;
        }
    }
    if (l >= static_cast<int>(coefficients_.size())) extend(2 * l);

    int scale = 0;
    double above = 0.0;
    here = 1.0;
    for (;; --l) {
        if (std::fabs(here) > large) {
            here *= small;
            above *= small;
            ++scale;
        }
        if (l <= l_last_) {
            column.mantissa[l] = here;
            column.scale[l] = scale;
        }
        if (l == 0) return;
        double const next = (coefficients_[l].per_rho * per_rho + coefficients_[l].constant) * here - above;
        above = here;
        here = next;
    }
}

}  // namespace hadronforce
