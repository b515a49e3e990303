#pragma once

#include "scattering/lanes.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// Coefficients of chi'' = (12/step^2) T chi on the nodes of one level, T_n = a_n - k^2 b_n.
struct NumerovCoefficients {
    double const* a;
    double const* b;  ///< (step^2/12) g^2 in fm^2
};

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
    LaneMask zeros[registers];  ///< sign changes of y so far
    Lane norm;                  ///< last register only: sum of b chi^2 over every node
};

/// Advances from node `begin` (y is there) to node `end`: y_{n+1} = (12/(1 - T_n) - 10) y_n - y_{n-1}, of order step^4.
/// Nodes begin .. end-1 enter the sums.
template <int registers>
void propagate(NumerovState<registers>& state, NumerovCoefficients const& coefficients, DensitySum const& density,
               Eigen::Index begin, Eigen::Index end);

extern template void propagate<1>(NumerovState<1>&, NumerovCoefficients const&, DensitySum const&, Eigen::Index,
                                  Eigen::Index);
extern template void propagate<2>(NumerovState<2>&, NumerovCoefficients const&, DensitySum const&, Eigen::Index,
                                  Eigen::Index);
extern template void propagate<3>(NumerovState<3>&, NumerovCoefficients const&, DensitySum const&, Eigen::Index,
                                  Eigen::Index);
extern template void propagate<4>(NumerovState<4>&, NumerovCoefficients const&, DensitySum const&, Eigen::Index,
                                  Eigen::Index);

}  // namespace hadronforce
