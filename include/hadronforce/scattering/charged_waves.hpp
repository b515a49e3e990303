#pragma once

#include <Eigen/Core>

namespace hadronforce {

/// Solutions of w'' = (2 eta k/r - k^2) w at some radii: `regular` -> r and `irregular` -> 1 at the origin, with the
/// Wronskian regular' irregular - regular irregular' = 1. Without charges sin(kr)/k and cos(kr).
struct WavesWithoutInteraction {
    Eigen::ArrayXd regular;    ///< F_0/(C_0 k)
    Eigen::ArrayXd irregular;  ///< C_0 G_0
};

/// At ascending positive radii and k >= 0, in inverse units of them. At k = 0 they are Bessel functions of z =
/// 2 sqrt(|2 eta k| r): z I_1(z)/(4 eta k) and z K_1(z) of repulsion, z J_1(z)/|4 eta k| and -pi/2 z Y_1(z) of
/// attraction (DLMF 33.10). Throws InputError where Coulomb functions are not known.
WavesWithoutInteraction waves_without_interaction(double two_eta_k, double k, Eigen::ArrayXd const& r);

/// The same below threshold, of energy -kappa^2: the regular wave and the decaying one, with a Wronskian of 1, such
/// that the Green function is -regular(r<) decaying(r>). Mantissas, to be multiplied by 2^exponent.
struct WavesBelowThreshold {
    Eigen::ArrayXd regular, decaying;
    Eigen::ArrayXi regular_exponent, decaying_exponent;
    /// The Wronskian that both have where the decaying wave is of size 1 at the first radius, for the sum of the
    /// squares of it and its slope (in a length of the order of both waves'): zero at a level of the charges alone.
    double wronskian;
};

/// At ascending positive radii; kappa > 0, or 0 of charges that repel.
WavesBelowThreshold waves_below_threshold(double two_eta_k, double kappa, Eigen::ArrayXd const& r);

}  // namespace hadronforce
