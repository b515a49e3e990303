#pragma once

#include "hadronforce/lattice/cubic_orbits.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Accuracy of finite differences: error of second or fourth order in the lattice spacing.
enum class StencilOrder { second = 2, fourth = 4 };

/// Neighbours that a centred difference reaches to each side: 1 or 2.
int reach_of(StencilOrder order);

/// The Laplacian of fields in the A1+ representation: the 7-point (second order) or 13-point (fourth order) stencil of
/// the full periodic lattice, taken at the representative of each orbit.
class CubicLaplacian {
  public:
    CubicLaplacian(CubicOrbits const& orbits, StencilOrder order);

    /// Lattice units (1/a^2); one value an orbit in and out.
    Eigen::ArrayXd operator()(Eigen::Ref<Eigen::ArrayXd const> const& field) const;

  private:
    /// Orbits of the six sites at one distance along the axes, 6 x orbits.
    using Neighbours = Eigen::Array<int, 6, Eigen::Dynamic>;
    std::vector<Neighbours> at_distance_;
    std::vector<double> weights_;  ///< of the site itself (three axes), then of each distance
};

/// Weights of f(t - reach) ... f(t + reach) in f'(t) and f''(t), lattice units. `offset` moves the 2 reach + 1 slices
/// by so many away from t, for a slice at the end of the data: f(t + offset - reach) ...; the second derivative then
/// loses an order.
std::vector<double> first_derivative_weights(StencilOrder order, int offset = 0);
std::vector<double> second_derivative_weights(StencilOrder order, int offset = 0);

}  // namespace hadronforce
