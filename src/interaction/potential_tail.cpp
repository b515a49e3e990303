#include "hadronforce/interaction/potential_tail.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>

namespace hadronforce {
namespace {

constexpr double log_of_most = 3.0;  ///< of what the tail rises to below the cut

}  // namespace

std::vector<TailForm> const& tail_forms() {
    static std::vector<TailForm> const forms{
        {"two_pion", "m_pi_MeV", "exp(-2 m_pi r)/r^2",
         [](double r, double m) { return -2.0 * m * r / units::hbar_c_MeV_fm - 2.0 * std::log(r); },
         [](double r, double m) { return -2.0 * m * r / units::hbar_c_MeV_fm; }},
        {"yukawa", "m_MeV", "exp(-m r)/r",
         [](double r, double m) { return -m * r / units::hbar_c_MeV_fm - std::log(r); },
         [](double r, double m) { return -m * r / units::hbar_c_MeV_fm; }},
        {"gaussian", "range_fm", "exp(-(r/range)^2)", [](double r, double d) { return -(r / d) * (r / d); },
         [](double r, double d) { return 2.0 * (r / d) * (r / d); }}};
    return forms;
}

TailForm const& tail_form(std::string const& name) {
    std::string known;
    for (auto const& form : tail_forms()) {
        if (name == form.name) return form;
        known += (known.empty() ? "" : ", ") + std::string(form.name);
    }
    throw InputError("is '" + name + "', which is not known; use one of " + known);
}

Eigen::ArrayXd PotentialTail::values(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, double cut_fm, double unit,
                                     Eigen::Ref<Eigen::VectorXd const> const& parameters,
                                     Eigen::MatrixXd* derivatives) const {
    auto const& h = tail_form(form);
    bool const scale_is_fitted = scale_error > 0.0;
    double const value = value_is_fixed ? value_at_cut / unit : parameters[0];
    double const s = scale_is_fitted ? scale * std::exp(parameters[parameter_count() - 1]) : scale;
    Eigen::ArrayXd relative(r_fm.size()), slope(r_fm.size());
    for (Eigen::Index i = 0; i < r_fm.size(); ++i) {
        double const rise = h.log_h(r_fm[i], s) - h.log_h(cut_fm, s);
        double const bounded = rise > 0.0 ? rise / (1.0 + rise / log_of_most) : rise;
        relative[i] = std::exp(bounded);
        slope[i] =
            (h.slope(r_fm[i], s) - h.slope(cut_fm, s)) * (rise > 0.0 ? std::pow(1.0 + rise / log_of_most, -2) : 1.0);
    }
    if (derivatives != nullptr) {
        derivatives->resize(r_fm.size(), parameter_count());
        if (!value_is_fixed) derivatives->col(0) = relative.matrix();
        if (scale_is_fitted) derivatives->col(parameter_count() - 1) = (value * relative * slope).matrix();
    }
    return value * relative;
}

}  // namespace hadronforce
