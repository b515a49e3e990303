#pragma once

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace hadronforce {

/// Composite Gauss-Legendre quadrature on [0, R] that also integrates to any node, and interpolates between nodes. All
/// are exact for functions that are polynomials of degree order - 1 on each panel.
class GaussPanels {
  public:
    static constexpr int order = 24;  ///< nodes a panel

    /// Panels between consecutive `breakpoints`, increasing; the first is 0 where integrals to nodes are asked for.
    explicit GaussPanels(std::vector<double> breakpoints);

    /// Panels on [0, range], split at `kinks` and then halved until on each of them every sample function is a
    /// polynomial of degree order - 1 up to `tolerance` of the largest value that any sample reaches. `samples(r)`
    /// gives one column for each sample.
    static GaussPanels adapted(double range, std::vector<double> const& kinks, double tolerance,
                               std::function<Eigen::MatrixXd(Eigen::ArrayXd const& r)> const& samples);

    Eigen::ArrayXd const& r() const noexcept { return r_; }
    Eigen::ArrayXd const& weights() const noexcept { return weights_; }
    double end() const noexcept { return breakpoints_.back(); }
    std::vector<double> const& breakpoints() const noexcept { return breakpoints_; }

    /// From values at the nodes, one function a column, the integrals from 0 to each node.
    Eigen::MatrixXd integrals_to_nodes(Eigen::Ref<Eigen::MatrixXd const> const& values) const;
    /// The same operation as a matrix, nodes x nodes.
    Eigen::MatrixXd cumulative() const;

    /// Of each panel the larger of the last two Legendre coefficients, in magnitude, of a function with these values at
    /// the nodes: how far the series is from its end; two, as one may vanish by symmetry.
    Eigen::ArrayXd unresolved(Eigen::ArrayXd const& values) const;

    /// Row i times the values at the nodes is the function at radii_i (within [0, R], or little before it); radii x
    /// nodes.
    Eigen::MatrixXd interpolation(Eigen::ArrayXd const& radii) const;

  private:
    std::vector<double> breakpoints_;
    Eigen::ArrayXd r_;
    Eigen::ArrayXd weights_;
};

}  // namespace hadronforce
