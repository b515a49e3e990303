#pragma once

#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <memory>
#include <vector>

namespace hadronforce::testing {

inline std::shared_ptr<LocalPotential const> gaussian_force(double strength_MeV, double range_fm) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}}, 500.0);
}

/// By a solver of its own.
inline PairCorrelation solve(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV, int charge_product,
                             std::vector<SpinChannel> const& channels, Source const& source, double tolerance = 1e-6) {
    return PairCorrelationSolver(k_star_MeV, reduced_mass_MeV, charge_product, tolerance).solve(channels, source);
}

}  // namespace hadronforce::testing
