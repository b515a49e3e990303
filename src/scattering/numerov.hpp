#pragma once

#include "scattering/lanes.hpp"
#include "scattering/level_equation.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// The factor Q of y_{n+1} = Q_n y_n - y_{n-1} on the nodes of one level as a polynomial in k^2, rows of coefficients.
using StepPolynomials = Eigen::Array<double, Eigen::Dynamic, 4>;
StepPolynomials step_polynomials(LevelEquation const& equation);

/// Nodes at which u^2 is summed: every `stride`-th, with weight[n / stride].
struct DensitySum {
    double const* weight;
    Eigen::Index stride;
};

/// State of `registers` registers of momenta while they move outward. y_n = (1 - T_n) chi_n is Numerov's variable.
template <int registers>
struct NumerovState {
    Lane k_squared[registers];
    Lane y_before[registers];
    Lane y[registers];
    Lane density[registers];    ///< sum of weight chi^2
    LaneMask zeros[registers];  ///< sign changes of y so far, if counted
};

/// Where y of the last two lanes of the last register goes, by node; null where it is not wanted.
struct Trace {
    double* next_to_last = nullptr;
    double* last = nullptr;
};

/// Advances from node `begin` (y is there) to node `end`: y_{n+1} = Q_n y_n - y_{n-1}, of order step^4. Nodes begin ..
/// end-1 enter the sums and the trace. 1 to 4 registers.
template <int registers, bool count_zeros>
void propagate(NumerovState<registers>& state, StepPolynomials const& steps, DensitySum const& density,
               Eigen::Index begin, Eigen::Index end, Trace const& trace);

}  // namespace hadronforce
