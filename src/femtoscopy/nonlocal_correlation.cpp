#include "hadronforce/femtoscopy/nonlocal_correlation.hpp"

#include "femtoscopy/source_panels.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace hadronforce {
namespace {

/// Waves farther out change C by less.
constexpr double negligible_change = 1e-13;

/// The longest panel on which 24 nodes integrate the source times u^2 to rounding.
double longest_panel_fm(Source const& source, double k_max_per_fm) {
    return std::min(1.2 * source.radius_outside_which_fm(0.5), 6.0 / k_max_per_fm);
}

/// weight_n u_n^2 sums to integral 4 pi S u^2 dr. Between the knots of a source this is Gauss's rule for S times the
/// polynomial through the nodes.
Eigen::ArrayXd source_weights(Source const& source, GaussPanels const& panels, double from_fm) {
    auto const knots = source.knots_fm();
    if (knots.empty()) {
        Eigen::ArrayXd s(panels.r().size());
        source.fill_per_fm3(from_fm + panels.r(), s);
        return 4.0 * units::pi * panels.weights() * s;
    }
    constexpr std::size_t most_at_once = 100;
    auto const edges = split_at_knots(panels.breakpoints(), knots, from_fm);
    Eigen::ArrayXd weights = Eigen::ArrayXd::Zero(panels.r().size());
    for (std::size_t first = 0; first + 1 < edges.size(); first += most_at_once) {
        auto const begin = edges.begin() + static_cast<std::ptrdiff_t>(first);
        auto const end = edges.begin() + static_cast<std::ptrdiff_t>(std::min(first + most_at_once + 1, edges.size()));
        GaussPanels const pieces({begin, end});
        Eigen::ArrayXd s(pieces.r().size());
        source.fill_per_fm3(from_fm + pieces.r(), s);
        Eigen::VectorXd const of_pieces = (4.0 * units::pi * pieces.weights() * s).matrix();
        weights += (panels.interpolation(pieces.r()).transpose() * of_pieces).array();
    }
    return weights;
}

/// Integral of 4 pi S (u^2 - sin^2 kr) over the panels of the waves.
Eigen::ArrayXd inside(NonlocalSolver const& solver, Source const& source, Eigen::ArrayXd const& k_per_fm) {
    GaussPanels const& panels = solver.panels();
    Eigen::MatrixXd const free = (panels.r().matrix() * k_per_fm.matrix().transpose()).array().sin().matrix();
    Eigen::MatrixXd const difference = solver.waves(k_per_fm).cwiseAbs2() - free.cwiseAbs2();
    return (difference.transpose() * source_weights(source, panels, 0.0).matrix()).array();
}

/// The same beyond them, where u^2 - sin^2(kr) = (cos 2kr - cos(2kr + 2 delta))/2.
Eigen::ArrayXd outside(double from_fm, double to_fm, double longest_fm, Source const& source,
                       Eigen::ArrayXd const& k_per_fm, Eigen::ArrayXd const& delta_rad) {
    int const count = static_cast<int>(std::ceil((to_fm - from_fm) / longest_fm));
    if (count <= 0) return Eigen::ArrayXd::Zero(k_per_fm.size());
    std::vector<double> edges;
    for (int i = 0; i <= count; ++i) edges.push_back((to_fm - from_fm) * i / count);
    GaussPanels const panels(edges);
    Eigen::ArrayXd const weights = source_weights(source, panels, from_fm);
    Eigen::ArrayXd sum(k_per_fm.size());
    for (Eigen::Index j = 0; j < sum.size(); ++j) {
        Eigen::ArrayXd const phase = 2.0 * k_per_fm[j] * (from_fm + panels.r());
        sum[j] = 0.5 * (weights * (phase.cos() - (phase + 2.0 * delta_rad[j]).cos())).sum();
    }
    return sum;
}

}  // namespace

CorrelationResult nonlocal_correlation(NonlocalSolver const& solver, Source const& source,
                                       Eigen::ArrayXd const& k_star_MeV) {
    Eigen::ArrayXd const k = k_star_MeV / units::hbar_c_MeV_fm;
    auto const scattering = solver.scatter(k);
    double const source_radius_fm = source.radius_of_waves_fm(k[0], negligible_change);
    double const longest_fm = longest_panel_fm(source, k[k.size() - 1]);
    auto const coarse = solver.with_panels_at_most(longest_fm, source_radius_fm);
    auto const fine = coarse.refined();
    Eigen::ArrayXd const beyond =
        outside(solver.panels().end(), source_radius_fm, longest_fm, source, k, scattering.delta_rad);
    Eigen::ArrayXd const correlation = 1.0 + (inside(fine, source, k) + beyond) / k.square();
    Eigen::ArrayXd const change = (inside(coarse, source, k) + beyond) / k.square() + 1.0 - correlation;
    return {correlation,
            scattering.delta_rad,
            scattering.scattering_length,
            scattering.effective_range,
            scattering.bound_states,
            (change.abs() / correlation.max(1.0)).maxCoeff<Eigen::PropagateNaN>(),
            static_cast<int>(fine.panels().r().size())};
}

}  // namespace hadronforce
