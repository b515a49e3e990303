#include "hadronforce/scattering/gauss_panels.hpp"

#include "hadronforce/error.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr int n = GaussPanels::order;
using PanelMatrix = Eigen::Matrix<double, n, n>;
using PanelVector = Eigen::Matrix<double, n, 1>;
constexpr int most_panels = 200;

/// Legendre polynomials P_0 ... P_n at x.
Eigen::Matrix<double, n + 1, 1> legendre(double x) {
    Eigen::Matrix<double, n + 1, 1> p;
    p[0] = 1.0;
    p[1] = x;
    for (int l = 1; l < n; ++l) p[l + 1] = ((2 * l + 1) * x * p[l] - l * p[l - 1]) / (l + 1);
    return p;
}

/// The reference panel [-1, 1].
struct Reference {
    PanelVector x;
    PanelVector weight;
    PanelMatrix to_legendre;  ///< values at the nodes -> Legendre coefficients
    PanelMatrix cumulative;   ///< values at the nodes -> integrals from -1 to the nodes
};

Reference make_reference() {
    // Boost lists the non-negative half of the nodes.
    using Rule = boost::math::quadrature::gauss<double, n>;
    Reference panel;
    for (int i = 0; i < n / 2; ++i) {
        auto const j = static_cast<std::size_t>(i);
        panel.x[n / 2 + i] = Rule::abscissa()[j];
        panel.x[n / 2 - 1 - i] = -Rule::abscissa()[j];
        panel.weight[n / 2 + i] = panel.weight[n / 2 - 1 - i] = Rule::weights()[j];
    }
    PanelMatrix integrals;  // of P_l from -1 to the nodes, (P_{l+1} - P_{l-1})/(2l + 1)
    for (int i = 0; i < n; ++i) {
        auto const p = legendre(panel.x[i]);
        for (int l = 0; l < n; ++l) {
            panel.to_legendre(l, i) = 0.5 * (2 * l + 1) * panel.weight[i] * p[l];
            integrals(i, l) = l == 0 ? panel.x[i] + 1.0 : (p[l + 1] - p[l - 1]) / (2 * l + 1);
        }
    }
    panel.cumulative = integrals * panel.to_legendre;
    return panel;
}

Reference const& reference() {
    static Reference const panel = make_reference();
    return panel;
}

Eigen::ArrayXd nodes_of(double begin, double end) {
    return 0.5 * (end + begin) + 0.5 * (end - begin) * reference().x.array();
}

}  // namespace

GaussPanels::GaussPanels(std::vector<double> breakpoints) : breakpoints_(std::move(breakpoints)) {
    auto const panels = static_cast<Eigen::Index>(breakpoints_.size()) - 1;
    r_.resize(panels * n);
    weights_.resize(panels * n);
    for (Eigen::Index p = 0; p < panels; ++p) {
        double const begin = breakpoints_[static_cast<std::size_t>(p)];
        double const end = breakpoints_[static_cast<std::size_t>(p) + 1];
        double const half = 0.5 * (end - begin);
        r_.segment(p * n, n) = nodes_of(begin, end);
        weights_.segment(p * n, n) = half * reference().weight.array();
    }
}

Eigen::MatrixXd GaussPanels::integrals_to_nodes(Eigen::Ref<Eigen::MatrixXd const> const& values) const {
    Eigen::MatrixXd integrals(values.rows(), values.cols());
    Eigen::RowVectorXd before = Eigen::RowVectorXd::Zero(values.cols());
    for (Eigen::Index first = 0, p = 0; first < values.rows(); first += n, ++p) {
        auto const edge = breakpoints_.begin() + p;
        auto const inside = values.middleRows<n>(first);
        integrals.middleRows<n>(first).noalias() = 0.5 * (edge[1] - edge[0]) * reference().cumulative * inside;
        integrals.middleRows<n>(first).rowwise() += before;
        // A lazy product: over Eigen's matrix-vector routine GCC 12 warns with AVX2.
        before += weights_.segment<n>(first).matrix().transpose().lazyProduct(inside);
    }
    return integrals;
}

Eigen::MatrixXd GaussPanels::cumulative() const {
    return integrals_to_nodes(Eigen::MatrixXd::Identity(r_.size(), r_.size()));
}

GaussPanels GaussPanels::adapted(double range, std::vector<double> const& kinks, double tolerance,
                                 std::function<Eigen::MatrixXd(Eigen::ArrayXd const& r)> const& samples) {
    struct Panel {
        double begin, end, largest, unresolved;
    };
    auto const judged = [&](double begin, double end) {
        Eigen::MatrixXd const values = samples(nodes_of(begin, end));
        if (!values.allFinite()) throw InputError("the interaction is not finite everywhere; check its parameters");
        // The last coefficients say how far the series is from its end; two, as one may vanish by symmetry.
        Eigen::MatrixXd const last = reference().to_legendre.bottomRows(2) * values;
        return Panel{begin, end, values.cwiseAbs().maxCoeff(), last.cwiseAbs().maxCoeff()};
    };
    std::vector<double> edges{0.0};
    for (double kink : kinks)
        if (kink > edges.back() && kink < range) edges.push_back(kink);
    edges.push_back(range);
    std::vector<Panel> panels;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) panels.push_back(judged(edges[i], edges[i + 1]));
    for (;;) {
        double largest = 0.0;
        for (auto const& panel : panels) largest = std::max(largest, panel.largest);
        if (!std::isfinite(largest)) throw InputError("the interaction is not finite everywhere; check its parameters");
        std::vector<Panel> next;
        for (auto const& panel : panels) {
            if (panel.unresolved <= tolerance * largest) {
                next.push_back(panel);
                continue;
            }
            double const middle = 0.5 * (panel.begin + panel.end);
            next.push_back(judged(panel.begin, middle));
            next.push_back(judged(middle, panel.end));
        }
        bool const done = next.size() == panels.size();
        panels = std::move(next);
        if (done) break;
        if (panels.size() > most_panels)
            throw ConvergenceError(
                "the interaction is too rough for 200 panels of 24 nodes; smooth it or lower the highest momentum");
    }
    std::vector<double> breakpoints{0.0};
    for (auto const& panel : panels) breakpoints.push_back(panel.end);
    return GaussPanels(std::move(breakpoints));
}

Eigen::ArrayXd GaussPanels::unresolved(Eigen::ArrayXd const& values) const {
    Eigen::ArrayXd last(values.size() / n);
    for (Eigen::Index p = 0; p < last.size(); ++p)
        last[p] = (reference().to_legendre.bottomRows(2) * values.segment(p * n, n).matrix()).cwiseAbs().maxCoeff();
    return last;
}

Eigen::MatrixXd GaussPanels::interpolation(Eigen::ArrayXd const& radii) const {
    Eigen::MatrixXd rows = Eigen::MatrixXd::Zero(radii.size(), r_.size());
    for (Eigen::Index i = 0; i < radii.size(); ++i) {
        auto const upper = std::upper_bound(breakpoints_.begin() + 1, breakpoints_.end() - 1, radii[i]);
        auto const p = upper - breakpoints_.begin() - 1;
        double const begin = breakpoints_[static_cast<std::size_t>(p)];
        double const end = breakpoints_[static_cast<std::size_t>(p) + 1];
        double const x = (2.0 * radii[i] - begin - end) / (end - begin);
        rows.row(i).segment(p * n, n) = legendre(x).head<n>().transpose().lazyProduct(reference().to_legendre);
    }
    return rows;
}

}  // namespace hadronforce
