#pragma once

#include "scattering/taylor_march.hpp"

#include <cmath>
#include <vector>

namespace hadronforce {

/// Recurrences in l of the Coulomb functions at fixed eta (DLMF 33.4), G upward and F downward from an order where it
/// is negligible (Miller): each in the direction in which it grows. With w_l = d_l v_l, d_0 = 1, d_1 = 1/R_1, R_{l+1}
/// d_{l+1} = R_l d_{l-1}, R_l = sqrt(1 + eta^2/l^2), the recurrence is the same both ways,
///     v_{l+1} + v_{l-1} = (a_l/rho + b_l) v_l,   and for v of F and of G   F_l G_{l+1} - F_{l+1} G_l = 1.
/// Entries of a column are mantissas: v_l is 2^(400 scale) times them.
class CoulombOrders {
  public:
    static double scaled(double mantissa, int scale) {
        return scale == 0 ? mantissa : std::ldexp(mantissa, scale * scale_bits);
    }

    struct Column {
        std::vector<double> mantissa;
        std::vector<int> scale;
        /// v_l 2^(-400 of_scale)
        double at(int l, int of_scale) const { return scaled(mantissa[l], scale[l] - of_scale); }
    };

    /// For orders up to `l_last` >= 1.
    CoulombOrders(double eta, int l_last);

    /// Upward from order 0, `w` and its derivative `slope` times 2^(400 scale), to l_last.
    void upward(double rho, double w, double slope, int scale, Column& column) const;

    /// F but for a factor, from l_last down. `dominant` is the column `upward` has just filled at this rho; it is
    /// followed to where it has grown so much that F, begun there, is exact at l_last.
    void downward(double rho, Column const& dominant, Column& column);

    /// The order up to which w_l oscillates at rho.
    double turning_order(double rho) const;

    double w(double v, int l) const { return weight_[l] * v; }
    /// w_l' from v_l and v_{l+1}.
    double slope(double rho, double v, double v_above, int l) const {
        return ((l + 1) / rho + eta_ / (l + 1)) * weight_[l] * v - factor_[l + 1] * weight_[l + 1] * v_above;
    }

  private:
    struct Coefficients {
        double per_rho;   ///< a_l
        double constant;  ///< b_l
    };
    void extend(int l);

    double eta_;
    int l_last_;
    std::vector<double> factor_;  ///< R_l
    std::vector<double> weight_;  ///< d_l
    std::vector<Coefficients> coefficients_;
};

}  // namespace hadronforce
