#pragma once

#include <Eigen/Core>

#include <string>
#include <vector>

namespace hadronforce {

/// A form of V(r) at large distance, h(r; s) with one scale s. A registry entry: a line in potential_tail.cpp, a test,
/// a row in docs/config_keys.md.
struct TailForm {
    char const* name;
    char const* key;      ///< of its scale, with unit
    char const* meaning;  ///< h(r)
    double (*log_h)(double r_fm, double scale);
    double (*slope)(double r_fm, double scale);  ///< d log h/d log s
};

std::vector<TailForm> const& tail_forms();
/// Throws InputError naming the forms for another name.
TailForm const& tail_form(std::string const& name);

/// What continues a fitted local potential beyond its cut R: V(r) = A h(r)/h(R). A and log(s/scale) are fitted where
/// they are not fixed. Below the cut, where it fades into the fitted part, x = log(h(r)/h(R)) is x/(1 + x/3): a form
/// that falls steeply must not rule the core.
struct PotentialTail {
    std::string form;  ///< empty: none, V = 0 beyond the cut
    double scale = 0.0;
    double scale_error = 0.0;  ///< relative; 0: the scale is fixed. Else it is fitted with this prior
    bool value_is_fixed = false;
    double value_at_cut = 0.0;  ///< A where it is fixed, MeV

    bool exists() const noexcept { return !form.empty(); }
    Eigen::Index parameter_count() const noexcept {
        return exists() ? Eigen::Index{!value_is_fixed} + Eigen::Index{scale_error > 0.0} : 0;
    }
    /// V(r)/`unit` at radii > 0 for values of the fitted parameters, A/unit first, then log(s/scale); and its
    /// derivatives, radii x parameters.
    Eigen::ArrayXd values(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, double cut_fm, double unit,
                          Eigen::Ref<Eigen::VectorXd const> const& parameters, Eigen::MatrixXd* derivatives) const;
};

}  // namespace hadronforce
