#pragma once

#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/level_equation.hpp"
#include "hadronforce/scattering/radial_waves.hpp"

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace hadronforce {

/// Part of the way outward, and the longest step on it in the grid's coordinate x.
struct Stretch {
    double end_fm;
    double longest_step;
};

/// The way from the origin to the matching radius, for steps that see whatever the grid has seen: long ones where the
/// potential is smooth on level `level`, those of that level where it is not, with a stop at its jump. `reduced` is the
/// potential on that level as for make_level_equation; a node is rough where second differences of V matter to
/// `tolerance`.
std::vector<Stretch> stretches(RadialGrid const& grid, int level, Eigen::Ref<Eigen::ArrayXd const> const& reduced,
                               double tolerance);

/// The regular wave at the end of the last stretch, and that without potential, each on some scale of its own.
struct AdaptiveWave {
    double u;
    double slope;     ///< du/dr, 1/fm
    double integral;  ///< of weight u^2 dr from 0
    int zeros;        ///< strictly inside
    double free;      ///< f, without potential
    double free_slope;
    double free_integral;
    double wronskian;  ///< u'f - uf' = integral of 2 mu V/(hbar c)^2 u f dr, 1/fm
};

/// One regular wave by Runge-Kutta-Fehlberg 7(8) with error control, for any real `k_squared`: a few hundred steps at
/// least. u is scaled down where barriers make it large. Throws ConvergenceError where it takes too many steps.
class AdaptiveIntegration {
  public:
    AdaptiveIntegration(LocalPotential const& potential, RadialEquation const& equation, CoordinateMap const& map,
                        std::vector<Stretch> way)
        : potential_(&potential), equation_(equation), map_(map), way_(std::move(way)) {}

    AdaptiveWave wave(double k_squared_per_fm2, std::function<double(double r_fm)> const& weight,
                      AdaptiveSteps steps) const;

  private:
    LocalPotential const* potential_;
    RadialEquation equation_;
    CoordinateMap map_;
    std::vector<Stretch> way_;
};

/// The waves of all momenta and of k = 0.
WavesAtLevel adaptive_waves(AdaptiveIntegration const& integration, Eigen::ArrayXd const& k_per_fm,
                            std::function<double(double r_fm)> const& density_per_fm3, AdaptiveSteps steps);

/// Shortens the steps of an adaptive integration until two results in turn agree: their difference, an error of the
/// coarser one, is the estimate for the finer, over the first `judged` values. Throws ConvergenceError where not
/// even steps at the limit of rounding reach the tolerance.
EstimatedValues tighten_steps(std::function<Eigen::ArrayXd(AdaptiveSteps)> const& values_with, Eigen::Index judged,
                              double tolerance);

}  // namespace hadronforce
