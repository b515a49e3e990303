#include "hadronforce/lattice/effective_local.hpp"

#include "hadronforce/error.hpp"
#include "lattice/kernel_loss.hpp"
#include "lattice/logarithmic_polynomials.hpp"

#include <Eigen/QR>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr Eigen::Index most_terms = 20;

/// c(r) T_n of each radius, radii x terms; zero from the cut on.
Eigen::MatrixXd terms(KernelNetwork const& network, Eigen::ArrayXd const& r, Eigen::Index count) {
    auto const& settings = network.settings();
    Eigen::ArrayXd const inside = (r < settings.cut).cast<double>();
    Eigen::ArrayXd const c =
        settings.tapers ? Eigen::ArrayXd((1.0 - (r / settings.cut).square()).max(0.0).square()) : inside;
    return logarithmic_polynomials(settings, r, count).array().colwise() * c;
}

/// Each wave at radii between those of the data, linear in r^2.
Eigen::ArrayXXd waves_at(KernelFitData const& data, Eigen::ArrayXd const& r) {
    Eigen::ArrayXXd result(r.size(), data.waves.cols());
    Eigen::Index next = 1;
    for (Eigen::Index i = 0; i < r.size(); ++i) {
        while (next + 1 < data.r.size() && data.r[next] < r[i]) ++next;
        double const low = data.r[next - 1] * data.r[next - 1], high = data.r[next] * data.r[next];
        double const part = std::clamp((r[i] * r[i] - low) / (high - low), 0.0, 1.0);
        result.row(i) = (1.0 - part) * data.waves.row(next - 1).array() + part * data.waves.row(next).array();
    }
    return result;
}

}  // namespace

Eigen::VectorXd effective_local_coefficients(KernelNetwork const& network, KernelFitData const& data) {
    if (!network.has_kernel()) return {};
    // Dense in the logarithm, so that nothing is free between the sites of the lattice.
    constexpr Eigen::Index points = 300;
    auto const& settings = network.settings();
    double const farthest = 0.5 * std::log1p(std::pow(settings.cut / settings.r_scale, 2));
    Eigen::ArrayXd const r =
        settings.r_scale *
        (2.0 * Eigen::ArrayXd::LinSpaced(points, 0.0, farthest * (1.0 - 1e-9))).expm1().max(0.0).sqrt();
    KernelNodes const nodes(data, settings.cut);
    Eigen::ArrayXXd u(points, nodes.r().size());
    network.fill(r, nodes.r(), u);
    Eigen::MatrixXd const sources =
        nodes.interpolation().transpose() * (data.waves.array().colwise() * data.measure).matrix();
    Eigen::ArrayXXd const acted = (u.matrix() * sources).array() / waves_at(data, r);
    if (!acted.isFinite().all()) throw InputError("a wave is zero at a radius, where its potential is not finite");
    return terms(network, r, most_terms).colPivHouseholderQr().solve(acted.rowwise().mean().matrix());
}

EffectiveLocalPotential::EffectiveLocalPotential(KernelNetwork network, Eigen::VectorXd coefficients)
    : network_(std::move(network)), coefficients_(std::move(coefficients)) {}

void EffectiveLocalPotential::fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r_fm,
                                       Eigen::Ref<Eigen::ArrayXd> v_MeV) const {
    Eigen::ArrayXd const r = network_.inside_at_cut(r_fm);
    v_MeV = network_.local(r);
    if (coefficients_.size() > 0) v_MeV += (terms(network_, r, coefficients_.size()) * coefficients_).array();
}

}  // namespace hadronforce
