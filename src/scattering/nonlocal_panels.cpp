#include "scattering/nonlocal_panels.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

constexpr double negligible = 1e-15;
constexpr double farthest = 400.0;

/// Radius beyond which two_mu |V| r stays negligible.
double local_range(LocalPotential const& potential, double two_mu) {
    constexpr int steps = 4000;
    Eigen::ArrayXd const r = Eigen::ArrayXd::LinSpaced(steps, std::log(1e-3), std::log(farthest)).exp();
    Eigen::ArrayXd v(steps);
    potential.fill_MeV(r, v);
    if (!v.isFinite().all()) throw InputError("the potential is not finite everywhere; check its parameters");
    int last = steps - 1;
    while (last > 0 && std::fabs(two_mu * v[last] * r[last]) < 10.0 * negligible) --last;
    if (last == steps - 1) throw InputError("the potential reaches beyond 400; it must fall off faster");
    return r[last + 1];
}

/// sin(k (r - begin)), or with charges F_0.
Eigen::ArrayXd fast_wave(double two_eta_k, double k, Eigen::ArrayXd const& r, double begin) {
    if (two_eta_k == 0.0) return (k * (r - begin)).sin();
    double const eta = 0.5 * two_eta_k / k;
    if (eta > largest_repulsive_eta) return Eigen::ArrayXd::Zero(r.size());
    return regular_coulomb_functions(eta, k * r, 0).col(0);
}

/// What must be resolved on each panel: the interaction as a function of r for some r', times waves of the highest
/// momentum.
Eigen::MatrixXd samples_of(Interaction const& interaction, double k_max, GaussPanels const& partners,
                           Eigen::ArrayXd const& r) {
    Eigen::MatrixXd columns(r.size(), 0);
    auto const add = [&](Eigen::ArrayXXd const& values) {
        Eigen::Index const before = columns.cols();
        columns.conservativeResize(Eigen::NoChange, before + 2 * values.cols());
        columns.middleCols(before, values.cols()) = values.colwise() * (k_max * r).cos();
        columns.rightCols(values.cols()) = values.colwise() * fast_wave(interaction.two_eta_k, k_max, r, 0.0);
    };
    if (interaction.nonlocal != nullptr) {
        Eigen::ArrayXXd u(r.size(), partners.r().size());
        interaction.nonlocal->fill(r, partners.r(), u);
        Eigen::ArrayXd const scale = 4.0 * units::pi * interaction.two_mu * partners.r() * partners.weights();
        add((u.colwise() * r).rowwise() * scale.transpose());
    }
    if (interaction.local != nullptr) {
        Eigen::ArrayXd v(r.size());
        interaction.local->fill_MeV(r, v);
        v *= interaction.two_mu;
        // Inside a well the wave itself is faster than k.
        double deepest = v.abs().maxCoeff(), strongest = deepest * r.maxCoeff();
        if (interaction.two_eta_k != 0.0) {
            // Smeared charges have a core of -2 eta k/r, in which a wave is no faster than r v.
            Eigen::ArrayXd const core = (v * r).abs();
            deepest = v.abs().min(core.square()).maxCoeff();
            strongest = core.maxCoeff();
        }
        double const fastest_k = std::sqrt(k_max * k_max + deepest);
        Eigen::ArrayXXd both(r.size(), 2);
        both.col(0) = v * r;
        both.col(1) = strongest * fast_wave(interaction.two_eta_k, fastest_k, r, r[0]);
        add(both);
    }
    return columns;
}

/// Where panels end so that polynomials on them follow the logarithm of r with which irregular Coulomb waves begin.
void add_charged_kinks(double range, std::vector<double>& kinks) {
    double const first = kinks.empty() ? range : std::min(range, *std::min_element(kinks.begin(), kinks.end()));
    for (double r = first / 4.0; r > 1e-4 * first; r /= 4.0) kinks.push_back(r);
}

}  // namespace

GaussPanels panels_for(Interaction const& interaction, double k_max, double tolerance) {
    double range = 0.0;
    std::vector<double> kinks;
    if (interaction.nonlocal != nullptr) {
        range = interaction.nonlocal->range(tolerance);
        kinks = interaction.nonlocal->kinks();
    }
    if (interaction.local != nullptr) {
        double const reach = local_range(*interaction.local, interaction.two_mu);
        if (range > 0.0 && reach != range) kinks.push_back(std::min(range, reach));
        range = std::max(range, reach);
        if (auto const jump = interaction.local->discontinuity_fm()) kinks.push_back(*jump);
    }
    if (!(range > 0.0) || !std::isfinite(range)) throw InputError("the interaction has no finite range");
    if (interaction.two_eta_k != 0.0) add_charged_kinks(range, kinks);
    std::sort(kinks.begin(), kinks.end());
    GaussPanels const partners({0.0, range / 8.0, range});
    return GaussPanels::adapted(range, kinks, tolerance,
                                [&](Eigen::ArrayXd const& r) { return samples_of(interaction, k_max, partners, r); });
}

}  // namespace hadronforce
