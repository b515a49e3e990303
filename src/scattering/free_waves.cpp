#include "hadronforce/scattering/free_waves.hpp"

#include "hadronforce/scattering/coulomb_functions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace hadronforce {
namespace {

/// F has at most one zero between points as close as this.
constexpr double closest_zeros = 1.0;

int zeros_of_f(PartialWaveKind kind, double eta, double rho) {
    // Attraction brings zeros closer: the local wave number is sqrt(1 + 2|eta|/rho), and rho(local phase) ~
    // sqrt(8|eta|rho).
    double const phase = rho + std::sqrt(8.0 * std::max(0.0, -eta) * rho);
    auto const points = static_cast<Eigen::Index>(phase / closest_zeros) + 2;
    // Equal steps in sqrt(rho) follow both.
    Eigen::ArrayXd const at =
        rho * Eigen::ArrayXd::LinSpaced(2 * points, 0.5 / static_cast<double>(points), 1.0).square();
    Eigen::ArrayXd const f = regular_coulomb_functions(eta, at, kind.l).col(kind.l);
    int zeros = 0;
    for (Eigen::Index n = 1; n < f.size(); ++n) zeros += f[n - 1] * f[n] < 0.0 ? 1 : 0;
    return zeros;
}

}  // namespace

FreeWavesAtRadius free_waves_at(PartialWaveKind kind, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                                double r_fm) {
    Eigen::ArrayXd const rho = k_per_fm * r_fm;
    if (kind.neutral_s_wave()) {
        Eigen::ArrayXd const sine = rho.sin(), cosine = rho.cos();
        return {sine, cosine, cosine, -sine, rho};
    }
    Eigen::Index const n = k_per_fm.size();
    FreeWavesAtRadius waves{Eigen::ArrayXd(n), Eigen::ArrayXd(n), Eigen::ArrayXd(n), Eigen::ArrayXd(n),
                            Eigen::ArrayXd(n)};
    for (Eigen::Index j = 0; j < n; ++j) {
        double const eta = 0.5 * two_eta_k_per_fm / k_per_fm[j];
        double const infinity = std::numeric_limits<double>::infinity();
        waves.f[j] = waves.f_prime[j] = waves.phase[j] = 0.0;
        waves.g[j] = infinity;
        waves.g_prime[j] = -infinity;
        if (eta > largest_repulsive_eta) continue;
        auto const c = coulomb_functions(eta, rho.segment(j, 1), kind.l);
        if (c.exponent(0, kind.l) != 0) continue;
        waves.f[j] = c.f(0, kind.l);
        waves.f_prime[j] = c.f_prime(0, kind.l);
        waves.g[j] = c.g(0, kind.l);
        waves.g_prime[j] = c.g_prime(0, kind.l);
        int const zeros = zeros_of_f(kind, eta, rho[j]);
        double const angle = std::atan2(waves.f[j], waves.g[j]);
        waves.phase[j] = units::pi * zeros + std::fmod(angle + 2.0 * units::pi, units::pi);
    }
    return waves;
}

Eigen::MatrixXd free_density_over_k_squared(Eigen::ArrayXd const& k_per_fm, Eigen::ArrayXd const& r_fm) {
    Eigen::MatrixXd density(k_per_fm.size(), r_fm.size());
    for (Eigen::Index j = 0; j < k_per_fm.size(); ++j) {
        double const k = k_per_fm[j];
        Eigen::ArrayXd const wave = k == 0.0 ? r_fm : Eigen::ArrayXd((k * r_fm).sin() / k);
        density.row(j) = wave.square().matrix().transpose();
    }
    return density;
}

FreeWaveProducts free_wave_products(PartialWaveKind kind, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                                    Eigen::ArrayXd const& r_fm) {
    if (kind.neutral_s_wave()) {
        Eigen::ArrayXXd const phase = (2.0 * k_per_fm.matrix() * r_fm.matrix().transpose()).array();
        return {phase.cos().matrix(), phase.sin().matrix()};
    }
    FreeWaveProducts products{Eigen::MatrixXd::Zero(k_per_fm.size(), r_fm.size()),
                              Eigen::MatrixXd::Zero(k_per_fm.size(), r_fm.size())};
    Eigen::Index const at_origin = r_fm.size() > 0 && r_fm[0] == 0.0 ? 1 : 0;
    auto const r = r_fm.tail(r_fm.size() - at_origin);
    for (Eigen::Index j = 0; j < k_per_fm.size(); ++j) {
        double const eta = 0.5 * two_eta_k_per_fm / k_per_fm[j];
        if (eta > largest_repulsive_eta) continue;
        for_each_range(r, [&](Eigen::Index first, Eigen::Index count) {
            auto const c = coulomb_functions(eta, k_per_fm[j] * r.segment(first, count), kind.l);
            for (Eigen::Index n = 0; n < count; ++n) {
                if (c.exponent(n, kind.l) != 0) continue;
                double const f = c.f(n, kind.l), g = c.g(n, kind.l);
                products.g2_minus_f2(j, at_origin + first + n) = (g - f) * (g + f);
                products.two_f_g(j, at_origin + first + n) = 2.0 * f * g;
            }
        });
    }
    return products;
}

}  // namespace hadronforce
