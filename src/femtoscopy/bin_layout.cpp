#include "femtoscopy/bin_layout.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// Neighbours' nodes that judge a bin beside its own.
constexpr Eigen::Index judges(int points) { return std::min(points + 1, 4); }

/// Lagrange's polynomials of nodes, at x.
Eigen::ArrayXd lagrange(Eigen::ArrayXd const& nodes, double x) {
    Eigen::ArrayXd values = Eigen::ArrayXd::Ones(nodes.size());
    for (Eigen::Index j = 0; j < nodes.size(); ++j)
        for (Eigen::Index i = 0; i < nodes.size(); ++i)
            if (i != j) values[j] *= (x - nodes[i]) / (nodes[j] - nodes[i]);
    return values;
}

}  // namespace

void BinLayout::place_nodes() {
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

void BinLayout::add_run(std::vector<Bin>::iterator begin, std::vector<Bin>::iterator end, std::vector<double>& nodes) {
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

void BinLayout::judge(Bin& bin) const {
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

bool BinLayout::is_good(Bin const& bin, CurveAtNodes const& curve, double average, double tolerance) const {
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

}  // namespace hadronforce
