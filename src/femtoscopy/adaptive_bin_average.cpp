#include "hadronforce/femtoscopy/adaptive_bin_average.hpp"

#include "femtoscopy/bin_layout.hpp"
#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

namespace hadronforce {
namespace {

std::string name_of_bin(double low_MeV, double high_MeV) {
    char text[80];
    std::snprintf(text, sizeof text, "the bin from %g to %g MeV/c ", low_MeV, high_MeV);
    return text;
}

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

/// Momenta of the panels at which the curve is not known, ascending.
std::vector<double> missing(BinLayout const& layout, std::vector<Refinement> const& refinements, Known const& known) {
    std::vector<double> momenta;
    for (auto const& refinement : refinements)
        for (auto const& panel : refinement.panels)
            for (Eigen::Index j = 0; j < layout.rule.kronrod.size(); ++j)
                if (double const k = layout.node(panel.low, panel.high, j); known.count(k) == 0) momenta.push_back(k);
    std::sort(momenta.begin(), momenta.end());
    momenta.erase(std::unique(momenta.begin(), momenta.end()), momenta.end());
    return momenta;
}

/// Averages over the panels as they are, and halves those that need it.
void refine(BinLayout const& layout, Refinement& refinement, Known const& known, double tolerance) {
    Bin const& bin = *refinement.bin;
    auto const panels = static_cast<Eigen::Index>(refinement.panels.size());
    Eigen::ArrayXXd kronrod(layout.rule.kronrod.size(), panels), gauss = kronrod, odd = kronrod, values = kronrod;
    for (Eigen::Index p = 0; p < panels; ++p) {
        auto const& [low, high, is_split] = refinement.panels[static_cast<std::size_t>(p)];
        kronrod.col(p) = layout.weights(low, high, layout.rule.kronrod);
        gauss.col(p) = layout.weights(low, high, layout.rule.gauss);
        odd.col(p) = layout.weights(low, high, layout.rule.odd);
        for (Eigen::Index j = 0; j < values.rows(); ++j) values(j, p) = known.at(layout.node(low, high, j)).value;
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
    if (one != known.begin() && std::prev(one)->first >= layout.nodes_MeV[bin.run_first]) --one;
    for (auto next = std::next(one); next != known.end() && one->first < bin.high; one = next++) {
        if (next->first > layout.nodes_MeV[bin.run_last] || !phase_jumps(one->second, next->second)) continue;
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

/// All that were not good, until they are.
std::vector<Refinement> refined(BinLayout const& layout, CurveAtNodes const& at_nodes, CurveElsewhere const& elsewhere,
                                double tolerance, Eigen::ArrayXd& averages) {
    constexpr int most_rounds = 45;
    constexpr std::size_t most_panels = 4000;
    averages.resize(static_cast<Eigen::Index>(layout.bins.size()));
    std::vector<Refinement> refinements;
    for (std::size_t i = 0; i < layout.bins.size(); ++i) {
        Bin const& bin = layout.bins[i];
        double& average = averages[static_cast<Eigen::Index>(i)];
        average = (bin.weights * at_nodes.values.segment(bin.first, bin.nodes)).sum();
        if (bin.is_point() || layout.is_good(bin, at_nodes, average, tolerance)) continue;
        refinements.push_back({&bin, bin.panels});
        if (bin.panels.empty()) refinements.back().panels = {{bin.low, bin.high}};
    }
    if (refinements.empty()) return refinements;

    Known known;
    add(known, layout.nodes_MeV, at_nodes);
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
        auto const momenta = missing(layout, refinements, known);
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
            refine(layout, refinement, known, tolerance);
            averages[refinement.bin - layout.bins.data()] = refinement.average;
        }
    }
}

}  // namespace

AdaptiveBinAverage::AdaptiveBinAverage(Eigen::ArrayXd const& low_MeV, Eigen::ArrayXd const& high_MeV, int points,
                                       BinAverage::Weight weight) {
    BinAverage const checked(low_MeV, high_MeV, points, weight);
    auto layout = std::make_shared<BinLayout>(points, std::move(weight));
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

Eigen::ArrayXd AdaptiveBinAverage::average(CurveAtNodes const& at_nodes, CurveElsewhere const& elsewhere,
                                           double tolerance) const {
    Eigen::ArrayXd averages;
    refined(*layout_, at_nodes, elsewhere, tolerance, averages);
    return averages;
}

AdaptiveBinAverage AdaptiveBinAverage::begun_for(CurveAtNodes const& at_nodes, CurveElsewhere const& elsewhere,
                                                 double tolerance) const {
    constexpr std::size_t most_panels = 8;  // what needs more is a resonance, which moves
    Eigen::ArrayXd averages;
    auto layout = std::make_shared<BinLayout>(*layout_);
    for (auto const& refinement : refined(*layout_, at_nodes, elsewhere, tolerance, averages))
        if (refinement.panels.size() <= most_panels)
            layout->bins[static_cast<std::size_t>(refinement.bin - layout_->bins.data())].panels = refinement.panels;
    layout->place_nodes();
    AdaptiveBinAverage result(*this);
    result.layout_ = std::move(layout);
    return result;
}

}  // namespace hadronforce
