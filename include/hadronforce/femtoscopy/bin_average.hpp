#pragma once

#include <Eigen/Core>

#include <functional>

namespace hadronforce {

/// Averages over bins of k*, integral w f dk/integral w dk, by Gauss-Legendre's rule in each bin. With the weight
/// k^2 of phase space, or that of the pairs of mixed events, it is what a histogram of same over mixed events measures.
class BinAverage {
  public:
    using Weight = std::function<double(double k_star_MeV)>;
    static double phase_space(double k_star_MeV) { return k_star_MeV * k_star_MeV; }

    /// `low_MeV`, `high_MeV`: edges; where both agree, the value there. `points` of the rule in each bin, 1 to 64.
    /// Throws InputError for bins that are reversed or begin below 0, or whose weight is not positive.
    BinAverage(Eigen::ArrayXd const& low_MeV, Eigen::ArrayXd const& high_MeV, int points,
               Weight const& weight = phase_space);

    /// Where a function is needed, increasing within each bin, bin by bin.
    Eigen::ArrayXd const& nodes_MeV() const noexcept { return nodes_MeV_; }
    Eigen::Index bins() const noexcept { return first_.size() - 1; }
    /// One average for each bin, from values at the nodes.
    Eigen::ArrayXd average(Eigen::Ref<Eigen::ArrayXd const> const& at_nodes) const;

  private:
    Eigen::ArrayXd nodes_MeV_;
    Eigen::ArrayXd weights_;                               ///< add to 1 in each bin
    Eigen::Array<Eigen::Index, Eigen::Dynamic, 1> first_;  ///< node of each bin, and their number
};

}  // namespace hadronforce
