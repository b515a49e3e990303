#include "hadronforce/femtoscopy/nonlocal_correlation.hpp"

#include "femtoscopy/source_panels.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
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

/// F_0, one column for each momentum.
Eigen::MatrixXd free_waves(double two_eta_k, Eigen::ArrayXd const& r, Eigen::ArrayXd const& k_per_fm) {
    if (two_eta_k == 0.0) return (r.matrix() * k_per_fm.matrix().transpose()).array().sin().matrix();
    Eigen::MatrixXd waves(r.size(), k_per_fm.size());
    for (Eigen::Index j = 0; j < k_per_fm.size(); ++j)
        waves.col(j) = regular_coulomb_functions(0.5 * two_eta_k / k_per_fm[j], k_per_fm[j] * r, 0).col(0).matrix();
    return waves;
}

/// Integral of 4 pi S (u^2 - F_0^2) over the panels of the waves.
Eigen::ArrayXd inside(NonlocalSolver const& solver, Source const& source, Eigen::ArrayXd const& k_per_fm) {
    GaussPanels const& panels = solver.panels();
    Eigen::MatrixXd const free = free_waves(solver.two_eta_k(), panels.r(), k_per_fm);
    Eigen::MatrixXd const difference = solver.waves(k_per_fm).cwiseAbs2() - free.cwiseAbs2();
    return (difference.transpose() * source_weights(source, panels, 0.0).matrix()).array();
}

/// u^2 - F_0^2 where u = cos(delta) F_0 + sin(delta) G_0; without charges (cos 2kr - cos(2kr + 2 delta))/2.
Eigen::ArrayXd change_of_square(double two_eta_k, double k, Eigen::ArrayXd const& r, double delta_rad) {
    if (two_eta_k == 0.0) {
        Eigen::ArrayXd const phase = 2.0 * k * r;
        return 0.5 * (phase.cos() - (phase + 2.0 * delta_rad).cos());
    }
    auto const waves = coulomb_functions(0.5 * two_eta_k / k, k * r, 0);
    double const sine = std::sin(delta_rad), cosine = std::cos(delta_rad);
    Eigen::ArrayXd change(r.size());
    for (Eigen::Index i = 0; i < r.size(); ++i) {
        // Under a barrier G exceeds the range of a double where sin(delta) is as small.
        double const f = std::ldexp(waves.f(i, 0), -waves.exponent(i, 0));
        double const g_part = std::ldexp(sine * waves.g(i, 0), waves.exponent(i, 0));
        change[i] = (2.0 * cosine * f + g_part) * g_part - sine * sine * f * f;
    }
    return change;
}

/// delta up to multiples of pi, exact relative to itself however small it is: C_0^2 k cot(delta) is known as well.
double small_delta(double two_eta_k, double k, double k_cot_delta) {
    double const eta = 0.5 * two_eta_k / k;
    return std::atan(k * gamow_factor(eta) / (k_cot_delta - two_eta_k * coulomb_range_function(eta)));
}

/// The same beyond them.
Eigen::ArrayXd outside(double from_fm, double to_fm, double longest_fm, Source const& source, double two_eta_k,
                       Eigen::ArrayXd const& k_per_fm, NonlocalScattering const& scattering) {
    int const count = static_cast<int>(std::ceil((to_fm - from_fm) / longest_fm));
    if (count <= 0) return Eigen::ArrayXd::Zero(k_per_fm.size());
    std::vector<double> edges;
    for (int i = 0; i <= count; ++i) edges.push_back((to_fm - from_fm) * i / count);
    GaussPanels const panels(edges);
    Eigen::ArrayXd const weights = source_weights(source, panels, from_fm);
    Eigen::ArrayXd sum(k_per_fm.size());
    for (Eigen::Index j = 0; j < sum.size(); ++j) {
        double const k = k_per_fm[j];
        double const delta_rad =
            two_eta_k == 0.0 ? scattering.delta_rad[j] : small_delta(two_eta_k, k, scattering.k_cot_delta[j]);
        sum[j] = (weights * change_of_square(two_eta_k, k, from_fm + panels.r(), delta_rad)).sum();
    }
    return sum;
}

}  // namespace

CorrelationResult nonlocal_correlation(NonlocalSolver const& solver, Source const& source,
                                       Eigen::ArrayXd const& k_star_MeV, Eigen::ArrayXd const& without_interaction) {
    double const two_eta_k = solver.two_eta_k();
    bool const is_given = without_interaction.size() != 0;
    if (is_given ? without_interaction.size() != k_star_MeV.size() : two_eta_k != 0.0)
        throw InputError("C(k*) of the pairs without interaction must be given between charges, at every k*");
    Eigen::ArrayXd const k = k_star_MeV / units::hbar_c_MeV_fm;
    auto const scattering = solver.scatter(k);
    double const source_radius_fm = source.radius_of_waves_fm(k[0], negligible_change);
    double const end_fm = solver.panels().end();
    double const longest_fm =
        longest_panel_fm(source, std::hypot(k[k.size() - 1], std::sqrt(std::fabs(two_eta_k) / end_fm)));
    auto const coarse = solver.with_panels_at_most(longest_fm, source_radius_fm);
    auto const fine = coarse.refined();
    Eigen::ArrayXd const beyond = outside(end_fm, source_radius_fm, longest_fm, source, two_eta_k, k, scattering);
    Eigen::ArrayXd const free = is_given ? without_interaction : Eigen::ArrayXd::Ones(k.size());
    Eigen::ArrayXd const correlation = free + (inside(fine, source, k) + beyond) / k.square();
    Eigen::ArrayXd const change = (inside(coarse, source, k) + beyond) / k.square() + free - correlation;
    return {correlation,
            scattering.delta_rad,
            scattering.scattering_length,
            scattering.effective_range,
            scattering.bound_states,
            (change.abs() / correlation.max(1.0)).maxCoeff<Eigen::PropagateNaN>(),
            static_cast<int>(fine.panels().r().size())};
}

}  // namespace hadronforce
