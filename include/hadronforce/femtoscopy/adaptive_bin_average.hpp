#pragma once

#include "hadronforce/femtoscopy/bin_average.hpp"

#include <Eigen/Core>

#include <functional>
#include <memory>
#include <vector>

namespace hadronforce {

/// A curve at some momenta, with phases of waves there. A phase that moves by more than a radian from one momentum to
/// the next tells of a resonance that may be narrower than their distance.
struct CurveAtNodes {
    Eigen::ArrayXd values;
    std::vector<Eigen::ArrayXd> phases_rad;  ///< by wave
};

/// A curve where it is asked for, at ascending momenta.
using CurveElsewhere = std::function<CurveAtNodes(Eigen::ArrayXd const& k_star_MeV)>;

struct BinLayout;

/// Averages over bins of k*, integral w f dk/integral w dk, as BinAverage, to a tolerance. Each bin begins with Gauss's
/// rule, and is judged by the polynomial through its nodes and some of its neighbours', which costs nothing where the
/// curve is smooth. Where they differ, or phases jump, Kronrod's nodes are added, and after that the bin is halved
/// where needed.
class AdaptiveBinAverage {
  public:
    /// As BinAverage; `points` are those of Gauss's rule at first.
    AdaptiveBinAverage(Eigen::ArrayXd const& low_MeV, Eigen::ArrayXd const& high_MeV, int points,
                       BinAverage::Weight weight = BinAverage::phase_space);

    /// Where the curve is needed at first, ascending: the nodes of all bins, and the outer edges of contiguous ones.
    Eigen::ArrayXd const& nodes_MeV() const noexcept;
    /// Whether no bin has a width: the averages are the values at the nodes.
    bool are_points() const noexcept;
    /// One average for each bin, good to `tolerance` relative to max(1, |average|). `elsewhere` is asked where the
    /// curve is needed besides. Throws ConvergenceError that names the bin where halving does not lead to the
    /// tolerance.
    Eigen::ArrayXd average(CurveAtNodes const& at_nodes, CurveElsewhere const& elsewhere, double tolerance) const;

    /// The same averages, whose nodes are from the beginning those that this curve needs: for a curve that stands for
    /// many. Throws as `average`.
    AdaptiveBinAverage begun_for(CurveAtNodes const& at_nodes, CurveElsewhere const& elsewhere, double tolerance) const;

  private:
    std::shared_ptr<BinLayout const> layout_;
};

}  // namespace hadronforce
