#pragma once

#include <cmath>

namespace hadronforce::forms {

/// Y(r) = exp(-x)/x (1 - exp(-c r^2)), x = m r; 0 at the origin.
inline double yukawa_function(double r_fm, double m_per_fm, double c_per_fm2) {
    if (r_fm == 0.0) return 0.0;
    double const x = m_per_fm * r_fm;
    return -std::exp(-x) / x * std::expm1(-c_per_fm2 * r_fm * r_fm);
}

/// T(r) = (1 + 3/x + 3/x^2) exp(-x)/x (1 - exp(-c r^2))^2, x = m r; 0 at the origin.
inline double tensor_function(double r_fm, double m_per_fm, double c_per_fm2) {
    if (r_fm == 0.0) return 0.0;
    double const x = m_per_fm * r_fm;
    double const cut = std::expm1(-c_per_fm2 * r_fm * r_fm);
    return (1.0 + (3.0 + 3.0 / x) / x) * std::exp(-x) / x * cut * cut;
}

/// W(r) = 1/(1 + exp((r - R)/d)).
inline double woods_saxon_function(double r_fm, double radius_fm, double diffuseness_fm) {
    return 1.0 / (1.0 + std::exp((r_fm - radius_fm) / diffuseness_fm));
}

}  // namespace hadronforce::forms
