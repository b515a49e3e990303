#pragma once

#include "hadronforce/lattice/cubic_orbits.hpp"

#include <cstdint>
#include <vector>

namespace hadronforce {

/// Gaussian noise of one gauge configuration relative to R(t, r): sigma(t) [sqrt(c) x(t) + sqrt(1 - c) y(t, r)],
/// sigma(t) = relative exp(growth (t - t_reference)), as signal-to-noise ratios of baryons fall. x and y have unit
/// variance (y at r = 0) and correlations rho^|t - t'| in time; y is a field of the periodic lattice in A1+ with a
/// Gaussian spectrum, correlated over `correlation_a`.
struct CorrelatorNoise {
    double relative = 0.0;
    std::int64_t t_reference = 0;
    double growth = 0.0;            ///< 1/a
    double correlation_a = 1.0;     ///< length, lattice units
    double time_correlation = 0.0;  ///< rho, in [0, 1)
    double common = 0.0;            ///< c, in [0, 1]
    std::int64_t seed = 1;
};

/// Draws the noise of any configuration: a function of seed and configuration alone.
class NoiseSource {
  public:
    NoiseSource(CubicOrbits const& orbits, CorrelatorNoise const& noise, std::vector<std::int64_t> const& times);

    /// Relative noise, 1 x (times x orbits), orbits fastest.
    Eigen::RowVectorXd of_configuration(std::int64_t configuration) const;

  private:
    CorrelatorNoise noise_;
    std::vector<std::int64_t> times_;
    Eigen::MatrixXd modes_;  ///< orbits x modes: A1+ plane waves times the root of their spectral weight
};

}  // namespace hadronforce
