#include "hadronforce/lattice/infinite_volume.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// The barycentric formula, whose weights at Chebyshev points alternate, the first and last halved.
double at(double x, Eigen::ArrayXd const& points, Eigen::ArrayXd const& values) {
    double above = 0.0, below = 0.0;
    for (Eigen::Index i = 0; i < points.size(); ++i) {
        double const distance = x - points[i];
        if (distance == 0.0) return values[i];
        double const end = i == 0 || i + 1 == points.size() ? 0.5 : 1.0, weight = (i % 2 == 0 ? end : -end) / distance;
        above += weight * values[i];
        below += weight;
    }
    return above / below;
}

}  // namespace

InfiniteVolume::InfiniteVolume(Interaction const& interaction, double k_max, double k2_min, double tolerance)
    : k_max_(k_max) {
    NonlocalSolver const solver(interaction, k_max, tolerance);
    auto const scattering = solver.scatter(Eigen::ArrayXd::Constant(1, k_max));
    scattering_length_ = scattering.scattering_length;
    effective_range_ = scattering.effective_range;
    binding_momenta_ = solver.binding_momenta();
    if (!binding_momenta_.empty()) k2_min = std::min(k2_min, -1.1 * std::pow(binding_momenta_.front(), 2));
    if (k2_min < 0.0) continue_below(solver, k2_min);
    interpolate(solver, 0.0, k_max * k_max, 0);
    set_parabola();
}

/// Down to where what is beyond the end of the panels would matter, or bound states are lost in rounding.
void InfiniteVolume::continue_below(NonlocalSolver const& solver, double k2_min) {
    constexpr double largest_ratio = 1e6, largest_share = 1e-4;
    double const share_at_threshold = solver.wave_outside(0.0).at_end;
    auto const is_known = [&](double kappa) {
        auto const wave = solver.wave_outside(-kappa * kappa);
        // Of a bound state regular = -kappa irregular; without interaction regular = 1.
        return kappa * std::abs(wave.irregular) < largest_ratio &&
               wave.at_end < std::max(largest_share, 10.0 * share_at_threshold);
    };
    double known = 0.0, deepest = std::sqrt(-k2_min);
    if (is_known(deepest)) known = deepest;
    for (int i = 0; i < 12 && known < deepest; ++i) {
        double const middle = 0.5 * (known + deepest);
        (is_known(middle) ? known : deepest) = middle;
    }
    lowest_ = -known * known;
    if (lowest_ < 0.0) interpolate(solver, lowest_, 0.0, 0);
}

void InfiniteVolume::interpolate(NonlocalSolver const& solver, double begin, double end, int depth) {
    constexpr Eigen::Index fewest = 16, most = 64;
    constexpr int deepest = 8;
    double change = 0.0;
    Piece piece{begin, end, {}, {}, {}};
    for (Eigen::Index n = fewest; n <= most; n *= 2) {
        Piece finer{begin, end, {}, Eigen::ArrayXd(n + 1), Eigen::ArrayXd(n + 1)};
        Eigen::ArrayXd const angles = Eigen::ArrayXd::LinSpaced(n + 1, 0.0, units::pi);
        finer.k2 = begin + 0.5 * (end - begin) * (1.0 - angles.cos());
        double of_regular = 0.0, of_irregular = 0.0;
        for (Eigen::Index i = 0; i <= n; ++i) {
            if (n > fewest && i % 2 == 0) {
                finer.regular[i] = piece.regular[i / 2];
                finer.irregular[i] = piece.irregular[i / 2];
                continue;
            }
            auto const wave = solver.wave_outside(finer.k2[i]);
            finer.regular[i] = wave.regular;
            finer.irregular[i] = wave.irregular;
            if (n == fewest) continue;
            of_regular = std::max(of_regular, std::abs(at(finer.k2[i], piece.k2, piece.regular) - wave.regular));
            of_irregular =
                std::max(of_irregular, std::abs(at(finer.k2[i], piece.k2, piece.irregular) - wave.irregular));
        }
        piece = std::move(finer);
        change = std::max(of_regular / piece.regular.abs().maxCoeff(), of_irregular / piece.irregular.abs().maxCoeff());
        if (n > fewest && change < 1e-8) break;
    }
    if (change < 1e-8 || (depth == deepest && change < 1e-6)) {
        pieces_.push_back(std::move(piece));
        return;
    }
    if (depth == deepest)
        throw ConvergenceError(fmt::format("k cot(delta) varies too fast to be interpolated at k^2 = {:g}", begin));
    double const middle = 0.5 * (begin + end);
    interpolate(solver, begin, middle, depth + 1);
    interpolate(solver, middle, end, depth + 1);
}

void InfiniteVolume::set_parabola() {
    if (lowest_ == 0.0) {
        value_ = -1.0 / scattering_length_;
        slope_ = 0.5 * effective_range_;
    } else {
        double const step = 1e-4 * std::abs(lowest_);
        value_ = interpolated(lowest_);
        slope_ = (interpolated(lowest_ + step) - value_) / step;
    }
    // The shallowest bound state that lies deeper.
    for (auto kappa = binding_momenta_.rbegin(); kappa != binding_momenta_.rend(); ++kappa) {
        double const distance = -*kappa * *kappa - lowest_;
        if (distance >= 0.0) continue;
        curvature_ = (-*kappa - value_ - slope_ * distance) / (distance * distance);
        return;
    }
}

double InfiniteVolume::interpolated(double k2) const {
    auto const piece = std::find_if(pieces_.begin(), pieces_.end() - 1, [&](Piece const& p) { return k2 <= p.end; });
    return at(k2, piece->k2, piece->regular) / at(k2, piece->k2, piece->irregular);
}

double InfiniteVolume::k_cot_delta(double k2) const {
    if (k2 > k_max_ * k_max_ * (1.0 + 1e-12))
        throw InputError(fmt::format("k cot(delta) is known up to k = {:g}, not at {:g}", k_max_, std::sqrt(k2)));
    double const distance = k2 - lowest_;
    return distance < 0.0 ? value_ + distance * (slope_ + distance * curvature_) : interpolated(k2);
}

}  // namespace hadronforce
