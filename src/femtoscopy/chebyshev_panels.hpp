#pragma once

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace hadronforce {

/// A smooth function kept as its values at 24 Chebyshev points of each of some panels, interpolated by the barycentric
/// formula: to rounding where the function is smooth on the scale of its panels.
class ChebyshevPanels {
  public:
    static constexpr int nodes = 24;

    /// `edges` increase; two or more.
    ChebyshevPanels(std::vector<double> edges, std::function<double(double)> const& function);

    double front() const { return edges_.front(); }
    double back() const { return edges_.back(); }
    std::vector<double> const& edges() const noexcept { return edges_; }
    /// For x from front() to back().
    double operator()(double x) const;

  private:
    std::vector<double> edges_;
    Eigen::ArrayXXd values_;  ///< nodes by panels
};

}  // namespace hadronforce
