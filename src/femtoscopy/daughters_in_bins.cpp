#include "femtoscopy/daughters_in_bins.hpp"

#include "femtoscopy/bin_layout.hpp"
#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <utility>

namespace hadronforce {
namespace {

/// Below it the polynomial goes on; next to no mothers are there, and momenta so low need far waves.
constexpr double lowest_MeV = 0.5;
constexpr double first_panel_MeV = 100.0;
/// Panels of equal length from `low` on, in a coordinate that begins there.
std::vector<double> equal_panels(double length) {
    int const count = std::max(1, static_cast<int>(std::ceil(length / first_panel_MeV)));
    std::vector<double> edges;
    for (int i = 0; i <= count; ++i) edges.push_back(length * i / count);
    return edges;
}

/// The curve and the phases where they are known, by momentum.
struct Point {
    double value;
    std::vector<double> phases_rad;
};

}  // namespace

DaughtersInBins::DaughtersInBins(PairModel mothers, MotherDecay const& decay, AdaptiveBinAverage seen,
                                 std::optional<Eigen::VectorXd> const& typical)
    : tolerance_(mothers.tolerance), decay_(decay), seen_(std::move(seen)), solvers_(mothers), averages_(mothers) {
    double low = decay_.mothers_of(seen_.nodes_MeV()[0]).low_MeV, high = 0.0;
    for (double const k : seen_.nodes_MeV()) {
        auto const reached = decay_.mothers_of(k);
        low = std::min(low, reached.low_MeV);
        high = std::max(high, reached.high_MeV);
    }
    first_MeV_ = std::max(lowest_MeV, low);
    edges_MeV_ = equal_panels(std::max(high - first_MeV_, 1e-3 * high));
    means_at_first_ = means(GaussPanels(edges_MeV_), seen_.nodes_MeV());
    if (!typical) return;
    constexpr double margin = 0.1;  // others need a little more
    try {
        auto const edges = curve(*typical, margin * tolerance_).panels.breakpoints();
        means_at_first_ = means(GaussPanels(edges), seen_.nodes_MeV());
        edges_MeV_ = edges;
    } catch (std::runtime_error const&) {  // others may do
    }
}

Eigen::MatrixXd DaughtersInBins::means(GaussPanels const& panels, Eigen::ArrayXd const& k_star_MeV) const {
    Eigen::MatrixXd rows(k_star_MeV.size(), panels.r().size());
    for (Eigen::Index i = 0; i < k_star_MeV.size(); ++i) {
        auto const [low, high] = decay_.mothers_of(k_star_MeV[i]);
        if (high - low <= 1e-9 * high) {
            double const middle = 0.5 * (low + high);
            rows.row(i) =
                panels.interpolation(Eigen::ArrayXd::Constant(1, middle - first_MeV_)) / decay_.weight(middle);
            continue;
        }
        std::vector<double> pieces{0.0};
        for (double const edge : panels.breakpoints())
            if (first_MeV_ + edge > low && first_MeV_ + edge < high) pieces.push_back(first_MeV_ + edge - low);
        pieces.push_back(high - low);
        GaussPanels const gauss(pieces);
        Eigen::ArrayXd const k = low + gauss.r();
        double const all = (gauss.weights() * k.unaryExpr([&](double at) { return decay_.weight(at); })).sum();
        rows.row(i) = gauss.weights().matrix().transpose() * panels.interpolation(k - first_MeV_) / all;
    }
    return rows;
}

std::set<std::size_t> DaughtersInBins::unresolved(Curve const& curve, std::vector<Eigen::ArrayXd> const& phases_rad,
                                                  double tolerance) const {
    auto const& edges = curve.panels.breakpoints();
    Eigen::ArrayXd const rest = curve.panels.unresolved(curve.values);
    std::set<std::size_t> halved;
    for (Eigen::Index i = 0; i < curve.at_bins.size(); ++i) {
        auto const [low, high] = decay_.mothers_of(seen_.nodes_MeV()[i]);
        double const allowed = tolerance * std::max(1.0, std::fabs(curve.at_bins[i])) *
                               decay_.weight(0.5 * (low + high));  // next to the mean weight
        for (std::size_t p = 0; p + 1 < edges.size(); ++p) {
            double const begin = p == 0 ? 0.0 : first_MeV_ + edges[p], end = first_MeV_ + edges[p + 1];
            double const overlap = std::min(end, high) - std::max(begin, low);
            if (overlap < 0.0) continue;
            double const share = high > low ? overlap / (high - low) : 1.0;
            if (!(rest[static_cast<Eigen::Index>(p)] * share <= allowed)) halved.insert(p);
        }
    }
    for (auto const& phase : phases_rad)
        for (Eigen::Index j = 0; j + 1 < phase.size(); ++j)
            if (!(std::fabs(phase[j + 1] - phase[j]) <= largest_phase_step))
                for (Eigen::Index at : {j, j + 1}) halved.insert(static_cast<std::size_t>(at / GaussPanels::order));
    return halved;
}

DaughtersInBins::Curve DaughtersInBins::curve(Eigen::VectorXd const& parameters, double tolerance) {
    constexpr int most_rounds = 45;
    constexpr std::size_t most_panels = 400;
    std::vector<double> edges = edges_MeV_;
    std::map<double, Point> known;
    for (int round = 0;; ++round) {
        Curve result{GaussPanels(edges), {}, {}};
        Eigen::ArrayXd const momenta = first_MeV_ + result.panels.r();
        std::vector<double> missing;
        for (double const k : momenta)
            if (known.count(k) == 0) missing.push_back(k);
        Eigen::ArrayXd const asked =
            Eigen::Map<Eigen::ArrayXd const>(missing.data(), static_cast<Eigen::Index>(missing.size()));
        auto const solution = solvers_.at(asked).solve(parameters);
        for (Eigen::Index j = 0; j < asked.size(); ++j) {
            Point point{solution.correlation[j] * decay_.weight(asked[j]), {}};
            for (auto const wave : solution.phases) point.phases_rad.push_back(solution.curves[wave][j]);
            known.emplace(asked[j], std::move(point));
        }
        std::vector<Eigen::ArrayXd> phases_rad;
        for (std::size_t wave = 0; wave < solution.phases.size(); ++wave)
            phases_rad.push_back(momenta.unaryExpr([&](double k) { return known.at(k).phases_rad[wave]; }));
        result.values = momenta.unaryExpr([&](double k) { return known.at(k).value; });
        Eigen::MatrixXd const rows = edges == edges_MeV_ ? means_at_first_ : means(result.panels, seen_.nodes_MeV());
        result.at_bins = (rows * result.values.matrix()).array();
        auto const halved = unresolved(result, phases_rad, tolerance);
        if (halved.empty()) return result;
        if (round == most_rounds || edges.size() + halved.size() > most_panels) {
            char text[200];
            std::size_t const worst = *halved.begin();
            std::snprintf(text, sizeof text,
                          "C of the pairs of mothers changes too fast from %g to %g MeV/c for the mean over a decay; "
                          "take a larger tolerance",
                          first_MeV_ + edges[worst], first_MeV_ + edges[worst + 1]);
            throw ConvergenceError(text);
        }
        std::vector<double> finer{0.0};
        for (std::size_t p = 0; p + 1 < edges.size(); ++p) {
            if (halved.count(p) > 0) finer.push_back(0.5 * (edges[p] + edges[p + 1]));
            finer.push_back(edges[p + 1]);
        }
        edges = std::move(finer);
    }
}

Eigen::ArrayXd DaughtersInBins::average(Eigen::VectorXd const& parameters) {
    Curve const mothers = curve(parameters, tolerance_);
    if (seen_.are_points()) return mothers.at_bins;
    auto const elsewhere = [&](Eigen::ArrayXd const& k_star_MeV) {
        return CurveAtNodes{(means(mothers.panels, k_star_MeV) * mothers.values.matrix()).array(), {}};
    };
    return seen_.average({mothers.at_bins, {}}, elsewhere, tolerance_);
}

Eigen::ArrayXd const& DaughtersInBins::averages(Eigen::VectorXd const& parameters) {
    return averages_.at(parameters, [this](Eigen::VectorXd const& at) { return average(at); });
}

}  // namespace hadronforce
