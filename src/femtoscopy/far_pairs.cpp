#include "femtoscopy/far_pairs.hpp"

#include "femtoscopy/source_panels.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>

namespace hadronforce {

Eigen::ArrayXd far_pairs_of_charges(Source const& source, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                                    double radius_fm) {
    // Heavy tails go as r^2 S ~ 1/r^2 at least, times 1/r: 24 octaves are all of it to rounding.
    constexpr int octaves = 24;
    constexpr double no_pairs = 1e-15;
    auto const knots_fm = source.knots_fm();
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(k_per_fm.size());
    for (int i = 0; i < octaves; ++i) {
        double const begin = std::ldexp(radius_fm, i);
        GaussPanels const octave(split_at_knots({0.0, begin}, knots_fm, begin));
        Eigen::ArrayXd const r = begin + octave.r();
        Eigen::ArrayXd weight(r.size());
        source.fill_per_fm3(r, weight);
        weight *= 4.0 * units::pi * octave.weights() * r.square();
        if (weight.sum() < no_pairs) break;
        for (Eigen::Index j = 0; j < sum.size(); ++j) {
            // sqrt(1 - x) - 1 without cancellation; no particle gets to where x > 1. Where |x| > 1 waves are not
            // classical, and what is there is left out by whoever asks.
            Eigen::ArrayXd const x = (two_eta_k_per_fm / (k_per_fm[j] * k_per_fm[j]) / r).min(1.0).max(-1.0);
            sum[j] -= (weight * x / (1.0 + (1.0 - x).sqrt())).sum();
        }
    }
    return sum;
}

double fraction_outside(Source const& source, double radius_fm) {
    double low = std::log(1e-30), high = 0.0;
    while (high - low > 1e-2) {
        double const middle = 0.5 * (low + high);
        (source.radius_outside_which_fm(std::exp(middle)) > radius_fm ? low : high) = middle;
    }
    return std::exp(high);
}

}  // namespace hadronforce
