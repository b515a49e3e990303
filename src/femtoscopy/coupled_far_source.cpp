#include "femtoscopy/coupled_far_source.hpp"

#include "femtoscopy/source_panels.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/whittaker.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// |out|^2 = F^2 + G^2, or W^2, at some radii: numbers times 2^exponent.
struct ScaledSquares {
    Eigen::ArrayXd value;
    Eigen::ArrayXi exponent;
};

ScaledSquares open_squares(double eta, int l, Eigen::ArrayXd const& rho) {
    auto const c = coulomb_functions(eta, rho, l);
    ScaledSquares squares{c.g.col(l).square(), 2 * c.exponent.col(l)};
    for (Eigen::Index n = 0; n < rho.size(); ++n)
        squares.value[n] += std::ldexp(c.f(n, l) * c.f(n, l), -2 * squares.exponent[n]);
    return squares;
}

ScaledSquares closed_squares(double eta, int l, Eigen::ArrayXd const& rho) {
    ScaledSquares squares{Eigen::ArrayXd(rho.size()), Eigen::ArrayXi(rho.size())};
    for (Eigen::Index n = 0; n < rho.size(); ++n) {
        auto const w = whittaker_w(eta, l, rho[n]);
        squares.value[n] = w.value * w.value;
        squares.exponent[n] = 2 * w.exponent;
    }
    return squares;
}

/// Of an outgoing or decaying wave, times any factor.
ScaledSquares outer_squares(Channel const& channel, double k_squared_per_fm2, Eigen::ArrayXd const& r_fm) {
    double const k = std::sqrt(std::fabs(k_squared_per_fm2));
    bool const open = k_squared_per_fm2 > 0.0;
    double const eta =
        channel.charge_product == 0.0
            ? 0.0
            : units::sommerfeld_parameter(channel.charge_product, channel.reduced_mass_MeV, k * units::hbar_c_MeV_fm);
    Eigen::ArrayXi const none = Eigen::ArrayXi::Zero(r_fm.size());
    if (open && eta == 0.0 && channel.orbital == 0) return {Eigen::ArrayXd::Ones(r_fm.size()), none};
    if (open) return open_squares(eta, channel.orbital, k * r_fm);
    // At threshold, or as good as there.
    if (eta == 0.0 && k * r_fm[r_fm.size() - 1] < 1e-8) return {(1.0 / r_fm).pow(2 * channel.orbital), none};
    return closed_squares(eta, channel.orbital, k * r_fm);
}

}  // namespace

Eigen::ArrayXd SourceSplit::near_share(Eigen::ArrayXd const& r_fm) const {
    return r_fm.unaryExpr([this](double r) { return 0.5 * std::erfc((r - centre_fm) / width_fm); });
}

FarFirstChannel far_first_channel(Channel const& channel, Eigen::ArrayXd const& k_per_fm, Source const& source,
                                  SourceSplit const& split) {
    Eigen::ArrayXd const none = Eigen::ArrayXd::Zero(k_per_fm.size());
    FarFirstChannel sums{none, none, none, none};
    int const l = channel.orbital;
    auto const add = [&](Eigen::ArrayXd const& r, Eigen::ArrayXd const& source_weight) {
        Eigen::ArrayXd const weight = source_weight * (1.0 - split.near_share(r));
        for (Eigen::Index j = 0; j < k_per_fm.size(); ++j) {
            double const eta = units::sommerfeld_parameter(channel.charge_product, channel.reduced_mass_MeV,
                                                           k_per_fm[j] * units::hbar_c_MeV_fm);
            Eigen::ArrayXd const rho = k_per_fm[j] * r;
            auto const c = coulomb_functions(eta, rho, l);
            // Where a barrier keeps G out of range there is no wave.
            Eigen::ArrayXd const in_range = (c.exponent.col(l) == 0).select(weight, 0.0);
            sums.f_squared[j] += (in_range * c.f.col(l).square()).sum();
            sums.g_squared[j] += (in_range * c.g.col(l).square()).sum();
            sums.f_g[j] += (in_range * c.f.col(l) * c.g.col(l)).sum();
            if (eta != 0.0) sums.charges[j] += (weight * r.square() * (coulomb_density(eta, rho) - 1.0)).sum();
        }
    };
    for_source_panels(source, split.map, split.panel, split.from_fm(), split.to_fm, add);
    return sums;
}

Eigen::ArrayXd far_outgoing_density(Channel const& channel, Eigen::ArrayXd const& k_squared_per_fm2, double radius_fm,
                                    Source const& source, SourceSplit const& split) {
    Eigen::ArrayXd sums = Eigen::ArrayXd::Zero(k_squared_per_fm2.size());
    for (Eigen::Index j = 0; j < sums.size(); ++j) {
        double const k = std::sqrt(std::fabs(k_squared_per_fm2[j]));
        // A decaying wave matters over some 20/kappa; at threshold it does not decay at all.
        double const to_fm = k_squared_per_fm2[j] > 0.0 ? split.to_fm : std::min(split.to_fm, radius_fm + 20.0 / k);
        auto const squares = [&](Eigen::ArrayXd const& r) { return outer_squares(channel, k_squared_per_fm2[j], r); };
        auto const at_radius = squares(Eigen::ArrayXd::Constant(1, radius_fm));
        auto const add = [&](Eigen::ArrayXd const& r, Eigen::ArrayXd const& weight) {
            auto const at = squares(r);
            Eigen::ArrayXd ratio = at.value / at_radius.value[0];
            for (Eigen::Index n = 0; n < r.size(); ++n)
                ratio[n] = std::ldexp(ratio[n], at.exponent[n] - at_radius.exponent[0]);
            sums[j] += (weight * (1.0 - split.near_share(r)) * ratio).sum();
        };
        for_source_panels(source, split.map, split.panel, split.from_fm(), to_fm, add);
    }
    return sums;
}

double largest_outgoing_ratio(Channel const& channel, double k_squared_per_fm2, double radius_fm, double beyond_fm) {
    auto const at = outer_squares(channel, k_squared_per_fm2, Eigen::ArrayXd::Constant(1, radius_fm));
    auto const there = outer_squares(channel, k_squared_per_fm2, Eigen::ArrayXd::Constant(1, beyond_fm));
    double const ratio = std::ldexp(there.value[0] / at.value[0], there.exponent[0] - at.exponent[0]);
    // F^2 + G^2 falls towards 1, or rises to it between charges that attract.
    return k_squared_per_fm2 > 0.0 ? std::max(ratio, std::ldexp(1.0 / at.value[0], -at.exponent[0])) : ratio;
}

}  // namespace hadronforce
