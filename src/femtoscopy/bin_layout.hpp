#pragma once

#include "femtoscopy/nested_rule.hpp"
#include "hadronforce/femtoscopy/adaptive_bin_average.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <utility>
#include <vector>

namespace hadronforce {

/// From one momentum to the next, in radians; more tells of a resonance.
inline constexpr double largest_phase_step = 1.0;

/// A part of a bin, with Kronrod's nodes.
struct Panel {
    double low, high;
    bool is_split = false;
};

/// One bin among the nodes. It begins with Gauss's rule, judged by the polynomial through its nodes and neighbours', or
/// with panels, judged by the rules that Kronrod's contains.
struct Bin {
    double low = 0.0, high = 0.0;
    std::vector<Panel> panels;                 // none: Gauss's rule
    Eigen::Index first = 0, nodes = 0;         // its own
    Eigen::ArrayXd weights;                    // of its nodes; they add to 1
    Eigen::Index first_judge = 0;              // of the nodes that judge it
    Eigen::ArrayXd difference;                 // what another rule gives, less what the weights give
    Eigen::ArrayXd second_difference;          // of a third rule
    Eigen::Index run_first = 0, run_last = 0;  // nodes of the contiguous bins that it belongs to
    bool is_point() const { return low == high; }
};

/// The bins, their nodes, and what judges them.
struct BinLayout {
    int points;
    std::vector<double> first_nodes;  // of Gauss's rule with which bins begin
    NestedRule rule;                  // of panels
    BinAverage::Weight weight;
    std::vector<Bin> bins;
    Eigen::ArrayXd nodes_MeV;
    bool are_points = true;

    explicit BinLayout(int points_, BinAverage::Weight weight_)
        : points(points_),
          first_nodes(gauss_nodes(points)),
          rule(nested_rule(std::max(points, 3))),
          weight(std::move(weight_)) {}

    static double place(double low, double high, double x) { return 0.5 * (low + high + (high - low) * x); }
    double node(double low, double high, Eigen::Index j) const {
        return place(low, high, rule.x[static_cast<std::size_t>(j)]);
    }
    /// Of the nodes of a panel, with a rule of it.
    Eigen::ArrayXd weights(double low, double high, Eigen::ArrayXd const& of_rule) const {
        Eigen::ArrayXd w(of_rule.size());
        for (Eigen::Index j = 0; j < w.size(); ++j) w[j] = 0.5 * (high - low) * of_rule[j] * weight(node(low, high, j));
        return w;
    }
    /// Of all panels of a bin, one after the other.
    Eigen::ArrayXd in_panels(Bin const& bin, Eigen::ArrayXd const& of_rule) const {
        Eigen::ArrayXd w(of_rule.size() * static_cast<Eigen::Index>(bin.panels.size()));
        Eigen::Index n = 0;
        for (auto const& panel : bin.panels) {
            w.segment(n, of_rule.size()) = weights(panel.low, panel.high, of_rule);
            n += of_rule.size();
        }
        return w;
    }
    /// Lays out the nodes of all bins.
    void place_nodes();
    /// Whether the average of a bin, from the curve at the nodes, is good to `tolerance` relative to max(1, |average|)
    /// by the rules that judge it, and no phase jumps.
    bool is_good(Bin const& bin, CurveAtNodes const& curve, double average, double tolerance) const;

  private:
    void add_run(std::vector<Bin>::iterator begin, std::vector<Bin>::iterator end, std::vector<double>& nodes);
    void judge(Bin& bin) const;
};

}  // namespace hadronforce
