#include "femtoscopy/chebyshev_panels.hpp"

#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// Points of the first kind on [-1, 1] with their barycentric weights.
struct Points {
    Eigen::Array<double, ChebyshevPanels::nodes, 1> x, weight;
};

Points const& points() {
    static Points const made = [] {
        Points p;
        for (int i = 0; i < ChebyshevPanels::nodes; ++i) {
            double const angle = (2 * i + 1) * units::pi / (2 * ChebyshevPanels::nodes);
            p.x[i] = -std::cos(angle);
            p.weight[i] = (i % 2 == 0 ? 1.0 : -1.0) * std::sin(angle);
        }
        return p;
    }();
    return made;
}

}  // namespace

ChebyshevPanels::ChebyshevPanels(std::vector<double> edges, std::function<double(double)> const& function)
    : edges_(std::move(edges)), values_(nodes, static_cast<Eigen::Index>(edges_.size()) - 1) {
    for (Eigen::Index panel = 0; panel < values_.cols(); ++panel) {
        double const low = edges_[static_cast<std::size_t>(panel)], high = edges_[static_cast<std::size_t>(panel) + 1];
        for (int i = 0; i < nodes; ++i)
            values_(i, panel) = function(0.5 * (low + high) + 0.5 * (high - low) * points().x[i]);
    }
}

double ChebyshevPanels::operator()(double x) const {
    auto const above = std::upper_bound(edges_.begin() + 1, edges_.end() - 1, x);
    double const low = *(above - 1), high = *above;
    double const scaled = (2.0 * x - low - high) / (high - low);
    Eigen::Index const panel = above - edges_.begin() - 1;
    double numerator = 0.0, denominator = 0.0;
    for (int i = 0; i < nodes; ++i) {
        double const distance = scaled - points().x[i];
        if (distance == 0.0) return values_(i, panel);
        double const term = points().weight[i] / distance;
        numerator += term * values_(i, panel);
        denominator += term;
    }
    return numerator / denominator;
}

}  // namespace hadronforce
