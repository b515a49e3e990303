#pragma once

#include "hadronforce/femtoscopy/bin_average.hpp"
#include "hadronforce/femtoscopy/momentum_matrix.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// Probability that a pair of momentum `k_MeV` > 0, each of whose Cartesian components is smeared by a Gaussian of
/// standard deviation `sigma_MeV`, is measured below `below_MeV`: the distribution of |k| is Maxwell's about a centre,
///     p(k'|k) = k'/(k sigma sqrt(2 pi)) {exp[-(k' - k)^2/(2 sigma^2)] - exp[-(k' + k)^2/(2 sigma^2)]}.
double smeared_below(double k_MeV, double below_MeV, double sigma_MeV);

/// Momentum resolution of that kind: rows are the measured bins (where both edges agree, that momentum), columns true
/// momenta from 6 sigma below each edge to 6 sigma above it, at most sigma/2 wide, and what lies between. A row weighs
/// true pairs, distributed as `weight`, by the probability that they are measured there: of k^2 as many come into a bin
/// as leave it, and C = 1 stays 1 of any weight. Smearing is good to the sixth order of sigma/10 beside what C varies
/// on. Throws InputError for sigma out of 0.01 to 100 MeV/c, and for a row without pairs.
MomentumMatrix gaussian_resolution(Eigen::ArrayXd const& k_low_MeV, Eigen::ArrayXd const& k_high_MeV, double sigma_MeV,
                                   BinAverage::Weight const& weight = BinAverage::phase_space);

}  // namespace hadronforce
