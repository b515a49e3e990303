#include "hadronforce/femtoscopy/correlation_gradient.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/partial_wave_correlation.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/scattering/radial_solutions.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

constexpr double negligible = 1e-8;  ///< part of the pairs, and change of C by what is left of V
constexpr double farthest_potential_fm = 400.0;
constexpr Eigen::Index most_momenta_at_once = 32;
constexpr Eigen::Index values_at_once = 2000000;  ///< nodes times momenta of one matrix
constexpr std::size_t most_panels = 20000;

double potential_end_fm(LocalPotential const& potential, double two_mu_per_MeV_fm2, double k_min_per_fm) {
    double const small = negligible_potential_per_fm2(1e-6, k_min_per_fm);
    for (double r = 1.0; r <= farthest_potential_fm; r *= 1.1)
        if (two_mu_per_MeV_fm2 * std::fabs(potential.value_MeV(r)) < small &&
            two_mu_per_MeV_fm2 * std::fabs(potential.value_MeV(1.5 * r)) < small)
            return r;
    throw InputError("the potential does not fall off within 400 fm");
}

/// Edges of panels on which waves, tents and source are smooth, from 0 to `end_fm` at least.
std::vector<double> panel_edges(LocalPotential const& potential, Source const& source, TentBasis const& tents,
                                double k_max_per_fm, double end_fm) {
    std::vector<double> kinks{0.0, tents.end_fm()};
    for (double r : tents.radii_fm()) kinks.push_back(r);
    for (double r = tents.end_fm(); r < end_fm; kinks.push_back(r)) r *= 1.25;
    if (auto const jump = potential.discontinuity_fm()) kinks.push_back(*jump);
    for (double knot : source.knots_fm()) kinks.push_back(knot);
    std::sort(kinks.begin(), kinks.end());
    double const longest_fm = 6.0 / k_max_per_fm;
    std::vector<double> edges{0.0};
    for (double kink : kinks) {
        double const begin = edges.back(), length = kink - begin;
        if (length <= 1e-9 * kink) continue;
        double const parts = std::ceil(length / longest_fm);
        if (static_cast<double>(edges.size()) + parts > static_cast<double>(most_panels))
            throw InputError(
                "the waves oscillate too often within source and potential for dC/dV; take a smaller "
                "k_max, or a source that does not reach as far");
        for (double part = 1.0; part < parts; ++part) edges.push_back(begin + length * part / parts);
        edges.push_back(kink);
    }
    return edges;
}

/// Integrals of functions, one a column, times each tent; tents x functions.
Eigen::MatrixXd folded_with_tents(Eigen::Ref<Eigen::ArrayXXd const> const& functions, GaussPanels const& panels,
                                  TentBasis const& tents) {
    Eigen::MatrixXd folded = Eigen::MatrixXd::Zero(tents.count, functions.cols());
    for (Eigen::Index i = 0; i < functions.rows(); ++i) {
        double const r = panels.r()[i];
        auto const below = static_cast<Eigen::Index>(std::floor(r / tents.spacing_fm - 0.5));
        for (Eigen::Index j = std::max<Eigen::Index>(below, 0); j <= std::min(below + 1, tents.count - 1); ++j)
            folded.row(j) += panels.weights()[i] * tents.at(j, r) * functions.row(i).matrix();
    }
    return folded;
}

}  // namespace

Eigen::ArrayXd TentBasis::radii_fm() const {
    return spacing_fm * (Eigen::ArrayXd::LinSpaced(count, 0.0, static_cast<double>(count - 1)) + 0.5);
}

double TentBasis::at(Eigen::Index j, double r_fm) const {
    double const distance = r_fm / spacing_fm - 0.5 - static_cast<double>(j);
    if (j == 0 && distance < 0.0) return 1.0;
    return std::max(0.0, 1.0 - std::fabs(distance));
}

Eigen::MatrixXd correlation_gradient_per_MeV(LocalPotential const& potential, Source const& source,
                                             Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV,
                                             PartialWaveKind kind, TentBasis const& tents) {
    check_momenta_and_mass(k_star_MeV, reduced_mass_MeV);
    if (kind.l < 0 || kind.l > highest_l) throw InputError("l must be from 0 to 20");
    Eigen::ArrayXd const k = k_star_MeV / units::hbar_c_MeV_fm;
    double const two_mu = units::two_mu_over_hbar2(reduced_mass_MeV);
    double const charges = kind.two_eta_k_per_fm(reduced_mass_MeV);
    double const end_fm = std::max({potential_end_fm(potential, two_mu, k.minCoeff()), tents.end_fm(),
                                    source_radius_fm(source, k.minCoeff(), negligible, charges)});
    check_coulomb_range(k, charges, end_fm);
    GaussPanels const panels(panel_edges(potential, source, tents, k.maxCoeff(), end_fm));
    Eigen::ArrayXd density(panels.r().size());
    source.fill_per_fm3(panels.r(), density);

    Eigen::Index const inside =
        std::upper_bound(panels.r().begin(), panels.r().end(), tents.end_fm()) - panels.r().begin();
    Eigen::MatrixXd gradient(k.size(), tents.count);
    auto const momenta_at_once = std::clamp<Eigen::Index>(values_at_once / panels.r().size(), 1, most_momenta_at_once);
    for (Eigen::Index first = 0; first < k.size(); first += momenta_at_once) {
        Eigen::Index const n = std::min(momenta_at_once, k.size() - first);
        Eigen::ArrayXd const own = k.segment(first, n);
        auto const waves = radial_solutions(potential, {two_mu, kind.l, charges}, own, panels);
        auto const u = waves.u.array(), v = waves.v.array();
        Eigen::MatrixXd const mixed = (u * v).colwise() * density;
        Eigen::MatrixXd const within = panels.integrals_to_nodes(((u * u).colwise() * density).matrix());
        Eigen::RowVectorXd const all = panels.weights().matrix().transpose() * mixed;
        Eigen::MatrixXd const beyond = (-panels.integrals_to_nodes(mixed)).rowwise() + all;
        Eigen::ArrayXXd const shape = u * (v * within.array() + u * beyond.array());
        Eigen::ArrayXd const factor = -two_mu * 8.0 * units::pi * (2.0 * kind.l + 1.0) / own.cube();
        gradient.middleRows(first, n) =
            factor.matrix().asDiagonal() * folded_with_tents(shape.topRows(inside), panels, tents).transpose();
    }
    return gradient;
}

}  // namespace hadronforce
