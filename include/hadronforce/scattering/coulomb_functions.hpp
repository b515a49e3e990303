#pragma once

#include <Eigen/Core>

namespace hadronforce {

/// Coulomb functions at points rho (rows) and for l = 0..l_max (columns); primes are derivatives by rho. The functions
/// themselves are F = 2^-exponent f, F' = 2^-exponent f_prime, G = 2^exponent g, G' = 2^exponent g_prime: deep under a
/// barrier F and G leave the range of a double. Exponents are zero as long as G and G' stay below 1e100.
struct CoulombFunctions {
    Eigen::ArrayXXd f;
    Eigen::ArrayXXd f_prime;
    Eigen::ArrayXXd g;
    Eigen::ArrayXXd g_prime;
    Eigen::ArrayXXi exponent;
};

/// Under a stronger repulsion waves are below 1e-37 as far out as 0.9 of their turning point, rho = 2 eta.
inline constexpr double largest_repulsive_eta = 1e3;
inline constexpr double largest_attractive_eta = 1e6;

/// The regular and irregular solutions F_l, G_l of w'' = (l(l+1)/rho^2 + 2 eta/rho - 1) w, normalised as in DLMF 33.2:
/// F -> sin theta, G -> cos theta, theta = rho - eta ln 2 rho - l pi/2 + sigma_l, hence F'G - FG' = 1. `rho` ascends,
/// in any steps; eta > 0 is repulsion. For l <= 20, |eta| <= 20, 1e-3 <= rho <= 200 errors are below 1e-12, relative
/// below the turning point and relative to sqrt(F^2 + G^2) where the functions oscillate; beyond, rounding grows as
/// |eta| and rho do. Throws InputError where eta is not within -1e6..1e3, l_max negative, or rho empty, not
/// ascending, or outside 1e-60..1e6.
CoulombFunctions coulomb_functions(double eta, Eigen::ArrayXd const& rho, int l_max);

/// F_l alone, unscaled: zero where it is below the range of a double. Arguments and errors as above.
Eigen::ArrayXXd regular_coulomb_functions(double eta, Eigen::ArrayXd const& rho, int l_max);

}  // namespace hadronforce
