#pragma once

#include "hadronforce/scattering/level_equation.hpp"
#include "scattering/lanes.hpp"

#include <Eigen/Core>

#include <array>
#include <vector>

namespace hadronforce {

/// Cubics in k^2, one a node. Vectors, as they keep their memory from one level to the next.
struct NodeCubics {
    std::array<std::vector<double>, 4> coefficients;

    /// Makes room for at least so many.
    void resize(Eigen::Index nodes);
};

/// The cubic in k^2 that differs from k^8 by no more than 0.0091 of its largest value and is exact at 0 (a Chebyshev
/// polynomial whose first zero was moved there).
struct EconomisedFourthPower {
    double cubic[4];

    explicit EconomisedFourthPower(double largest_k_squared)
        : cubic{0.0, 0.18350 * largest_k_squared * largest_k_squared * largest_k_squared,
                -1.11352 * largest_k_squared * largest_k_squared, 1.92091 * largest_k_squared} {}
};

/// step_factor at every node, good for k^2 from 0 to `largest`.
void fill_step_cubics(LevelEquation const& equation, double largest_k_squared, NodeCubics& factor);

/// Where and how chi^2 is summed: at every `stride`-th node (1 or 2; 0: nowhere), with a weight times
/// 1/(1 - T)^2 = chi^2/y^2 as a cubic in k^2.
struct DensitySum {
    NodeCubics weight;
    Eigen::Index stride = 0;
};
void fill_density_sum(LevelEquation const& equation, Eigen::Ref<Eigen::ArrayXd const> const& weight,
                      Eigen::Index stride, DensitySum& sum);

/// State of `registers` registers of momenta while they move outward. y_n = (1 - T_n) chi_n is Numerov's variable.
template <int registers>
struct NumerovState {
    Lane k_squared[registers];
    Lane y_before[registers];
    Lane y[registers];
    Lane density[registers];    ///< sum of weight chi^2
    LaneMask zeros[registers];  ///< sign changes of y so far, if recorded
};

/// What is kept beside the sums: y of the last two lanes at every node, or that and the sign changes in all lanes.
enum class Record { nothing, last_two, last_two_and_zeros };

/// y of the last two lanes of the last register, by node.
struct Trace {
    double* next_to_last;
    double* last;
};

/// Advances from node `begin` (y is there) to node `end`: y_{n+1} = Q_n y_n - y_{n-1}, of order step^4. Nodes begin ..
/// end-1 enter the sums and the record. 1 to 4 registers.
template <int registers, Record record>
void propagate(NumerovState<registers>& state, NodeCubics const& factor, DensitySum const& density, Eigen::Index begin,
               Eigen::Index end, Trace const& trace);

}  // namespace hadronforce
