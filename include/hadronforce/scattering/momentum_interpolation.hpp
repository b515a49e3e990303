#pragma once

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace hadronforce {

/// Interpolates in k what is known of a wave at a few momenta. The regular solution is
/// u(k, r) = sin(kr)/k + integral_0^r K(r, t) sin(kt)/k dt for every potential (Povzner and Levitan), an even function
/// of k whose band ends at r, whatever resonances it has; its square ends at 2r. On [0, K] such functions span few more
/// than K band/pi dimensions (Slepian and Pollak, Bell Syst. Tech. J. 40 (1961) 43), and as many momenta determine
/// them.
class MomentumInterpolation {
  public:
    /// From the targets and k = 0 themselves.
    explicit MomentumInterpolation(Eigen::ArrayXd const& targets_per_fm);
    /// From the fewest momenta, a multiple of four, that give cos(kt), t <= band_fm, to `accuracy`.
    MomentumInterpolation(Eigen::ArrayXd const& targets_per_fm, double band_fm, double accuracy);

    /// Ascending, first 0, last the largest target.
    Eigen::ArrayXd const& nodes_per_fm() const noexcept { return nodes_; }
    /// Nodes at most as large and next larger, for each target.
    Eigen::ArrayXi const& node_below() const noexcept { return below_; }
    double band_fm() const noexcept { return band_fm_; }
    bool exact() const noexcept { return matrix_.size() == 0; }

    /// Values at the targets (rows) of functions known at the nodes (columns of `at_nodes`), into `values`, which keeps
    /// its memory.
    template <int columns>
    void at_targets(Eigen::Matrix<double, Eigen::Dynamic, columns> const& at_nodes,
                    Eigen::Matrix<double, Eigen::Dynamic, columns>& values) const;
    /// For each function, how far its values at the nodes are from any within the band.
    template <int columns>
    Eigen::Matrix<double, 1, columns> residual(Eigen::Matrix<double, Eigen::Dynamic, columns> const& at_nodes) const;

  private:
    static constexpr int rows_at_once = 16;  ///< of the interpolating matrix

    void find_nodes_below(Eigen::ArrayXd const& targets_per_fm);

    Eigen::ArrayXd nodes_;
    Eigen::ArrayXi below_;
    double band_fm_;
    Eigen::MatrixXd matrix_;   ///< targets, padded, x nodes
    Eigen::MatrixXd outside_;  ///< orthonormal columns that no function within the band reaches
    Eigen::Index targets_;
};

template <int columns>
void MomentumInterpolation::at_targets(Eigen::Matrix<double, Eigen::Dynamic, columns> const& at_nodes,
                                       Eigen::Matrix<double, Eigen::Dynamic, columns>& values) const {
    values.resize(targets_, Eigen::NoChange);
    if (exact()) {
        for (Eigen::Index j = 0; j < targets_; ++j) values.row(j) = at_nodes.row(below_[j]);
        return;
    }
    // Too small for a blocked product to pay.
    for (Eigen::Index i = 0; i < targets_; i += rows_at_once) {
        Eigen::Array<double, rows_at_once, columns> sums = Eigen::Array<double, rows_at_once, columns>::Zero();
        for (Eigen::Index n = 0; n < matrix_.cols(); ++n)
            for (int c = 0; c < columns; ++c)
                sums.col(c) += matrix_.template block<rows_at_once, 1>(i, n).array() * at_nodes(n, c);
        Eigen::Index const rows = std::min<Eigen::Index>(rows_at_once, targets_ - i);
        values.middleRows(i, rows) = sums.matrix().topRows(rows);
    }
}

template <int columns>
Eigen::Matrix<double, 1, columns> MomentumInterpolation::residual(
    Eigen::Matrix<double, Eigen::Dynamic, columns> const& at_nodes) const {
    Eigen::Matrix<double, 1, columns> largest = Eigen::Matrix<double, 1, columns>::Zero();
    for (Eigen::Index i = 0; i < outside_.cols(); ++i)
        for (int c = 0; c < columns; ++c)
            largest[c] = std::max(largest[c], std::fabs(outside_.col(i).dot(at_nodes.col(c))));
    return largest;
}

}  // namespace hadronforce
