#include "hadronforce/scattering/bound_states.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// The equation on one level, ready to be solved at any energy: T_n = a_n + kappa^2 b_n.
struct LevelEquation {
    Eigen::ArrayXd a;
    Eigen::ArrayXd b;
    double step_outside_fm;  ///< distance between the last two nodes
};

/// Number of bound states with kappa above the given one, i.e. deeper. The ratios Y_n = y_n / y_{n-1} of Numerov's
/// variable are the pivots of a tridiagonal matrix, so negative ones count the eigenvalues below the energy (Johnson,
/// J. Chem. Phys. 69 (1978) 4678); the last pivot holds the decaying solution outside.
int states_deeper_than(double kappa, LevelEquation const& equation, double strength_at_origin) {
    Eigen::Index const last = equation.a.size() - 1;
    double const kappa_squared = kappa * kappa;
    auto const t = [&](Eigen::Index n) { return equation.a[n] + kappa_squared * equation.b[n]; };
    // y_0/y_1 is not zero only for a potential that goes as 1/r at the origin.
    double inverse_ratio = strength_at_origin / (1.0 - t(1));
    int count = 0;
    for (Eigen::Index n = 1; n < last; ++n) {
        double ratio = 12.0 / (1.0 - t(n)) - 10.0 - inverse_ratio;
        if (ratio == 0.0) ratio = 1e-300;
        count += ratio < 0.0 ? 1 : 0;
        inverse_ratio = 1.0 / ratio;
    }
    // Outside chi_n/chi_{n-1} would be that of exp(-kappa r); a smaller ratio has one zero more to come.
    double const chi_ratio = (1.0 - t(last - 1)) / (1.0 - t(last)) / inverse_ratio;
    return count + (chi_ratio < std::exp(-kappa * equation.step_outside_fm) ? 1 : 0);
}

}  // namespace
}  // namespace hadronforce
