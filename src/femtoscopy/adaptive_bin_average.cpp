#include "hadronforce/femtoscopy/adaptive_bin_average.hpp"

#include "femtoscopy/nested_rule.hpp"
#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

namespace hadronforce {
namespace {

/// Neighbours' nodes that judge a bin beside its own.
constexpr Eigen::Index judges(int points) { return std::min(points + 1, 4); }
constexpr double largest_phase_step = 1.0;

std::string name_of_bin(double low_MeV, double high_MeV) {
    char text[80];
    std::snprintf(text, sizeof text, "the bin from %g to %g MeV/c ", low_MeV, high_MeV);
    return text;
}

/// Lagrange's polynomials of nodes, at x.
Eigen::ArrayXd lagrange(Eigen::ArrayXd const& nodes, double x) {
    Eigen::ArrayXd values = Eigen::ArrayXd::Ones(nodes.size());
    for (Eigen::Index j = 0; j < nodes.size(); ++j)
        for (Eigen::Index i = 0; i < nodes.size(); ++i)
            if (i != j) values[j] *= (x - nodes[i]) / (nodes[j] - nodes[i]);
    return values;
}

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

/// The curve at one momentum.
struct CurvePoint {
    double value;
    std::vector<double> phases_rad;
};
using Known = std::map<double, CurvePoint>;

void add(Known& known, Eigen::ArrayXd const& k, CurveAtNodes const& curve) {
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        CurvePoint point{curve.values[j], {}};
        for (auto const& phase : curve.phases_rad) point.phases_rad.push_back(phase[j]);
        known.emplace(k[j], std::move(point));
    }
}

bool phase_jumps(CurvePoint const& one, CurvePoint const& next) {
    for (std::size_t i = 0; i < one.phases_rad.size(); ++i)
        if (!(std::fabs(next.phases_rad[i] - one.phases_rad[i]) <= largest_phase_step)) return true;
    return false;
}

/// A bin in panels, on the way to its average.
struct Refinement {
    Bin const* bin;
    std::vector<Panel> panels;
    double average = 0.0, error = 0.0;  ///< its estimate
    bool is_done = false;
};

}  // namespace

struct AdaptiveBinAverage::Layout {
    int points;
    std::vector<double> first_nodes;  // of Gauss's rule with which bins begin
    NestedRule rule;                  // of panels
    BinAverage::Weight weight;
    std::vector<Bin> bins;
    Eigen::ArrayXd nodes_MeV;
    bool are_points = true;

    explicit Layout(int points_, BinAverage::Weight weight_)
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
    void add_run(std::vector<Bin>::iterator begin, std::vector<Bin>::iterator end, std::vector<double>& nodes);
    void judge(Bin& bin) const;
    bool is_good(Bin const& bin, CurveAtNodes const& curve, double average, double tolerance) const;
    std::vector<double> missing(std::vector<Refinement> const& refinements, Known const& known) const;
    /// Averages over the panels as they are, and halves those that need it.
    void refine(Refinement& refinement, Known const& known, double tolerance) const;
    /// All that were not good, until they are.
    std::vector<Refinement> refined(CurveAtNodes const& at_nodes, CurveElsewhere const& elsewhere, double tolerance,
                                    Eigen::ArrayXd& averages) const;
};

void AdaptiveBinAverage::Layout::place_nodes() {
    std::vector<double> nodes;
    for (auto begin = bins.begin(); begin != bins.end();) {
        auto end = begin + 1;
        if (begin->is_point()) {
            begin->first = begin->run_first = begin->run_last = static_cast<Eigen::Index>(nodes.size());
            begin->nodes = 1;
            begin->weights = Eigen::ArrayXd::Ones(1);
            nodes.push_back(begin->low);
        } else {
            while (end != bins.end() && !end->is_point() && std::fabs(end->low - (end - 1)->high) <= 1e-9 * end->low)
                ++end;
            add_run(begin, end, nodes);
            are_points = false;
        }
        begin = end;
    }
    nodes_MeV = Eigen::Map<Eigen::ArrayXd const>(nodes.data(), static_cast<Eigen::Index>(nodes.size()));
    for (auto& bin : bins)
        if (!bin.is_point()) judge(bin);
}

void AdaptiveBinAverage::Layout::add_run(std::vector<Bin>::iterator begin, std::vector<Bin>::iterator end,
                                         std::vector<double>& nodes) {
    auto const run_first = static_cast<Eigen::Index>(nodes.size());
    // Phases are to be known up to the edges.
    if (begin->low > 0.05 * begin->high) nodes.push_back(begin->low);
    bool const has_judges = points * (end - begin) >= points + judges(points);
    for (auto bin = begin; bin != end; ++bin) {
        if (!has_judges && bin->panels.empty()) bin->panels = {{bin->low, bin->high}};
        bin->first = static_cast<Eigen::Index>(nodes.size());
        if (bin->panels.empty())
            for (double x : first_nodes) nodes.push_back(place(bin->low, bin->high, x));
        for (auto const& panel : bin->panels)
            for (double x : rule.x) nodes.push_back(place(panel.low, panel.high, x));
        bin->nodes = static_cast<Eigen::Index>(nodes.size()) - bin->first;
        bin->weights = bin->panels.empty() ? weights_through(first_nodes) : in_panels(*bin, rule.kronrod);
        if (bin->panels.empty())
            for (Eigen::Index j = 0; j < bin->nodes; ++j)
                bin->weights[j] *= weight(nodes[static_cast<std::size_t>(bin->first + j)]);
        bin->weights /= bin->weights.sum();
    }
    nodes.push_back((end - 1)->high);
    for (auto bin = begin; bin != end; ++bin) {
        bin->run_first = run_first;
        bin->run_last = static_cast<Eigen::Index>(nodes.size()) - 1;
    }
}

void AdaptiveBinAverage::Layout::judge(Bin& bin) const {
    if (!bin.panels.empty()) {
        double const weight_of_bin = in_panels(bin, rule.kronrod).sum();
        bin.first_judge = bin.first;
        bin.difference = in_panels(bin, rule.gauss - rule.kronrod) / weight_of_bin;
        bin.second_difference = in_panels(bin, rule.odd) / weight_of_bin;
        return;
    }
    Eigen::Index const wanted = points + judges(points), before = judges(points) / 2;
    bin.first_judge = std::clamp(bin.first - before, bin.run_first, std::max(bin.run_first, bin.run_last + 1 - wanted));
    auto const through = [&](Eigen::Index count) {
        Eigen::ArrayXd const nodes = nodes_MeV.segment(bin.first_judge, count);
        auto const fine = gauss_nodes(points + 8);
        Eigen::ArrayXd const fine_weights = weights_through(fine);
        Eigen::ArrayXd difference = Eigen::ArrayXd::Zero(count);
        double sum = 0.0;
        for (std::size_t i = 0; i < fine.size(); ++i) {
            double const k = place(bin.low, bin.high, fine[i]);
            double const w = fine_weights[static_cast<Eigen::Index>(i)] * weight(k);
            difference += w * lagrange(nodes, k);
            sum += w;
        }
        difference /= sum;
        difference.segment(bin.first - bin.first_judge, bin.nodes) -= bin.weights;
        return difference;
    };
    Eigen::Index const count = std::min(wanted, bin.run_last + 1 - bin.run_first);
    bin.difference = through(count);
    bool const last_is_own = bin.first + bin.nodes == bin.first_judge + count;
    bin.second_difference = last_is_own ? bin.difference : through(count - 1);
}

bool AdaptiveBinAverage::Layout::is_good(Bin const& bin, CurveAtNodes const& curve, double average,
                                         double tolerance) const {
    // The weights of differences add to nothing but in panels.
    auto const part = [&](Eigen::ArrayXd const& difference, Eigen::Index begin, Eigen::Index size) {
        return (difference.segment(begin, size) * (curve.values.segment(bin.first_judge + begin, size) - average))
            .sum();
    };
    double error = 0.0;
    if (bin.panels.empty())
        error = std::max(std::fabs(part(bin.difference, 0, bin.difference.size())),
                         std::fabs(part(bin.second_difference, 0, bin.second_difference.size())));
    else
        for (Eigen::Index n = 0; n < bin.nodes; n += rule.kronrod.size())
            error += std::hypot(part(bin.difference, n, rule.kronrod.size()),
                                part(bin.second_difference, n, rule.kronrod.size()));
    if (!(error <= tolerance * std::max(1.0, std::fabs(average)))) return false;
    Eigen::Index const first = std::max(bin.first - 1, bin.run_first);
    Eigen::Index const last = std::min(bin.first + bin.nodes, bin.run_last);
    for (auto const& phase : curve.phases_rad)
        for (Eigen::Index n = first; n < last; ++n)
            if (!(std::fabs(phase[n + 1] - phase[n]) <= largest_phase_step)) return false;
    return true;
}

AdaptiveBinAverage::AdaptiveBinAverage(Eigen::ArrayXd const& low_MeV, Eigen::ArrayXd const& high_MeV, int points,
                                       BinAverage::Weight weight) {
    BinAverage const checked(low_MeV, high_MeV, points, weight);
    auto layout = std::make_shared<Layout>(points, std::move(weight));
    auto& bins = layout->bins;
    for (Eigen::Index i = 0; i < low_MeV.size(); ++i) {
        bins.emplace_back();
        bins.back().low = low_MeV[i];
        bins.back().high = high_MeV[i];
    }
    layout->place_nodes();
    layout_ = std::move(layout);
}

Eigen::ArrayXd const& AdaptiveBinAverage::nodes_MeV() const noexcept { return layout_->nodes_MeV; }

bool AdaptiveBinAverage::are_points() const noexcept { return layout_->are_points; }

std::vector<double> AdaptiveBinAverage::Layout::missing(std::vector<Refinement> const& refinements,
                                                        Known const& known) const {
    std::vector<double> momenta;
    for (auto const& refinement : refinements)
        for (auto const& panel : refinement.panels)
            for (Eigen::Index j = 0; j < rule.kronrod.size(); ++j)
                if (double const k = node(panel.low, panel.high, j); known.count(k) == 0) momenta.push_back(k);
    std::sort(momenta.begin(), momenta.end());
    momenta.erase(std::unique(momenta.begin(), momenta.end()), momenta.end());
    return momenta;
}

void AdaptiveBinAverage::Layout::refine(Refinement& refinement, Known const& known, double tolerance) const {
    Bin const& bin = *refinement.bin;
    auto const panels = static_cast<Eigen::Index>(refinement.panels.size());
    Eigen::ArrayXXd kronrod(rule.kronrod.size(), panels), gauss = kronrod, odd = kronrod, values = kronrod;
    for (Eigen::Index p = 0; p < panels; ++p) {
        auto const& [low, high, is_split] = refinement.panels[static_cast<std::size_t>(p)];
        kronrod.col(p) = weights(low, high, rule.kronrod);
        gauss.col(p) = weights(low, high, rule.gauss);
        odd.col(p) = weights(low, high, rule.odd);
        for (Eigen::Index j = 0; j < values.rows(); ++j) values(j, p) = known.at(node(low, high, j)).value;
    }
    double const weight_of_bin = kronrod.sum();
    refinement.average = (kronrod * values).sum() / weight_of_bin;
    auto const null_rule = [&](Eigen::ArrayXXd const& of_nodes) -> Eigen::ArrayXd {
        return (of_nodes * (values - refinement.average)).colwise().sum().transpose() / weight_of_bin;
    };
    Eigen::ArrayXd const errors = (null_rule(kronrod - gauss).square() + null_rule(odd).square()).sqrt();
    refinement.error = errors.sum();
    double const allowed = tolerance * std::max(1.0, std::fabs(refinement.average));
    bool const misses = !(refinement.error <= allowed);
    for (Eigen::Index p = 0; p < panels; ++p) {
        auto& panel = refinement.panels[static_cast<std::size_t>(p)];
        panel.is_split = misses && !(errors[p] <= allowed * (panel.high - panel.low) / (bin.high - bin.low));
    }
    // From the last point before the bin to the first behind it, but not across a gap between bins.
    auto one = known.lower_bound(bin.low);
    if (one != known.begin() && std::prev(one)->first >= nodes_MeV[bin.run_first]) --one;
    for (auto next = std::next(one); next != known.end() && one->first < bin.high; one = next++) {
        if (next->first > nodes_MeV[bin.run_last] || !phase_jumps(one->second, next->second)) continue;
        for (auto& panel : refinement.panels)
            if (panel.low < next->first && panel.high > one->first) panel.is_split = true;
    }
    std::vector<Panel> halved;
    for (auto const& panel : refinement.panels) {
        double const middle = 0.5 * (panel.low + panel.high);
        if (panel.is_split)
            halved.insert(halved.end(), {{panel.low, middle}, {middle, panel.high}});
        else
            halved.push_back(panel);
    }
    refinement.is_done = halved.size() == refinement.panels.size();
    refinement.panels = std::move(halved);
}

std::vector<Refinement> AdaptiveBinAverage::Layout::refined(CurveAtNodes const& at_nodes,
                                                            CurveElsewhere const& elsewhere, double tolerance,
                                                            Eigen::ArrayXd& averages) const {
    constexpr int most_rounds = 45;
    constexpr std::size_t most_panels = 4000;
    averages.resize(static_cast<Eigen::Index>(bins.size()));
    std::vector<Refinement> refinements;
    for (std::size_t i = 0; i < bins.size(); ++i) {
        Bin const& bin = bins[i];
        double& average = averages[static_cast<Eigen::Index>(i)];
        average = (bin.weights * at_nodes.values.segment(bin.first, bin.nodes)).sum();
        if (bin.is_point() || is_good(bin, at_nodes, average, tolerance)) continue;
        refinements.push_back({&bin, bin.panels});
        if (bin.panels.empty()) refinements.back().panels = {{bin.low, bin.high}};
    }
    if (refinements.empty()) return refinements;

    Known known;
    add(known, nodes_MeV, at_nodes);
    for (int round = 0;; ++round) {
        Refinement const* worst = nullptr;
        std::size_t panels = 0;
        for (auto const& refinement : refinements) {
            panels += refinement.panels.size();
            if (!refinement.is_done && (worst == nullptr || refinement.panels.size() > worst->panels.size()))
                worst = &refinement;
        }
        if (worst == nullptr) return refinements;
        std::string const where = name_of_bin(worst->bin->low, worst->bin->high);
        if (round == most_rounds || panels > most_panels) {
            char text[200];
            std::snprintf(text, sizeof text,
                          "has an average that reached only %.1e, %.1e was asked for: C or a phase shift changes too "
                          "fast there; take a larger tolerance or other bins",
                          worst->error, tolerance);
            throw ConvergenceError(where + text);
        }
        auto const momenta = missing(refinements, known);
        if (!momenta.empty()) {
            Eigen::ArrayXd const k =
                Eigen::Map<Eigen::ArrayXd const>(momenta.data(), static_cast<Eigen::Index>(momenta.size()));
            try {
                add(known, k, elsewhere(k));
            } catch (ConvergenceError const& error) {
                throw ConvergenceError(where + "needs more momenta, and there " + error.what());
            }
        }
        for (auto& refinement : refinements) {
            if (refinement.is_done) continue;
            refine(refinement, known, tolerance);
            averages[refinement.bin - bins.data()] = refinement.average;
        }
    }
}

Eigen::ArrayXd AdaptiveBinAverage::average(CurveAtNodes const& at_nodes, CurveElsewhere const& elsewhere,
                                           double tolerance) const {
    Eigen::ArrayXd averages;
    layout_->refined(at_nodes, elsewhere, tolerance, averages);
    return averages;
}

AdaptiveBinAverage AdaptiveBinAverage::begun_for(CurveAtNodes const& at_nodes, CurveElsewhere const& elsewhere,
                                                 double tolerance) const {
    constexpr std::size_t most_panels = 8;  // what needs more is a resonance, which moves
    Eigen::ArrayXd averages;
    auto layout = std::make_shared<Layout>(*layout_);
    for (auto const& refinement : layout_->refined(at_nodes, elsewhere, tolerance, averages))
        if (refinement.panels.size() <= most_panels)
            layout->bins[static_cast<std::size_t>(refinement.bin - layout_->bins.data())].panels = refinement.panels;
    layout->place_nodes();
    AdaptiveBinAverage result(*this);
    result.layout_ = std::move(layout);
    return result;
}

}  // namespace hadronforce
