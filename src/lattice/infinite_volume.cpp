#include "hadronforce/lattice/infinite_volume.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {

InfiniteVolume::InfiniteVolume(Interaction const& interaction, double k_max, double tolerance) : k_max_(k_max) {
    NonlocalSolver const solver(interaction, k_max, tolerance);
    // Fewer points are too far apart to tell multiples of pi in delta.
    constexpr Eigen::Index fewest = 16, most = 256;
    double change = 0.0;
    for (Eigen::Index n = fewest; n <= most; n *= 2) {
        Eigen::ArrayXd const k = 0.5 * k_max * (1.0 - Eigen::ArrayXd::LinSpaced(n + 1, 0.0, units::pi).cos());
        // Every second point was there before.
        Eigen::Index const step = n == fewest ? 1 : 2, added = n / step;
        Eigen::ArrayXd k_added(added), slopes(n + 1);
        for (Eigen::Index i = 0; i < added; ++i) k_added[i] = k[step * i + 1];
        for (Eigen::Index i = 2; n > fewest && i <= n; i += 2) slopes[i] = slopes_[i / 2];
        auto const scattering = solver.scatter(k_added);
        slopes[0] = -scattering.scattering_length;
        change = 0.0;
        for (Eigen::Index i = 0; i < added; ++i) {
            double const now = (scattering.delta_rad[i] - units::pi * scattering.bound_states) / k_added[i];
            if (n > fewest) change = std::max(change, k_added[i] * std::abs(slope(k_added[i]) - now));
            slopes[step * i + 1] = now;
        }
        k_ = k;
        slopes_ = slopes;
        scattering_length_ = scattering.scattering_length;
        effective_range_ = scattering.effective_range;
        if (n > fewest && change < 1e-6) return;
    }
    if (change > 1e-5)
        throw ConvergenceError(
            fmt::format("delta varies too fast to be interpolated: {} points give it to {:.1g} rad", most, change));
}

/// The barycentric formula, whose weights at Chebyshev points alternate, the first and last halved.
double InfiniteVolume::slope(double k) const {
    double above = 0.0, below = 0.0;
    for (Eigen::Index i = 0; i < k_.size(); ++i) {
        double const distance = k - k_[i];
        if (distance == 0.0) return slopes_[i];
        double const end = i == 0 || i + 1 == k_.size() ? 0.5 : 1.0, weight = (i % 2 == 0 ? end : -end) / distance;
        above += weight * slopes_[i];
        below += weight;
    }
    return above / below;
}

double InfiniteVolume::k_cot_delta(double k2) const {
    if (k2 <= 0.0) return -1.0 / scattering_length_ + 0.5 * effective_range_ * k2;
    double const k = std::sqrt(k2);
    if (k > k_max_ * (1.0 + 1e-12))
        throw InputError(fmt::format("k cot(delta) is known up to k = {:g}, not at {:g}", k_max_, k));
    return k / std::tan(k * slope(k));
}

}  // namespace hadronforce
