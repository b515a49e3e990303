#pragma once

#include <array>

namespace hadronforce {

/// The points over which the zeta function sums: r = gamma^-1 (n - alpha d), n all whole vectors, where gamma^-1
/// divides the component along d by gamma. In the rest frame d = 0, and neither gamma nor alpha matters.
struct ZetaFrame {
    std::array<int, 3> d{0, 0, 0};  ///< total momentum in 2 pi/L
    double gamma = 1.0;             ///< of the boost to the centre of mass, at least 1
    double alpha = 0.5;             ///< [1 + (m1^2 - m2^2)/E*^2]/2
};

/// Z_00^d(1; q^2) = (4 pi)^(-1/2) sum over r of 1/(r^2 - q^2), continued analytically in the power of the denominator.
/// Any q^2, also negative; infinite at r^2 = q^2. Good to 1e-12 of max(|Z|, 1) up to q^2 of some tens. A sum over r and
/// one over wave vectors converge as exp(-splitting r^2) and exp(-pi^2 m^2/splitting); the result does not depend on
/// it. Rummukainen, Gottlieb, Nucl. Phys. B 450 (1995) 397; Leskovec, Prelovsek, Phys. Rev. D 85 (2012) 114507.
double zeta_00(double q2, ZetaFrame const& frame, double splitting);
/// The same with the splitting that suits q^2.
double zeta_00(double q2, ZetaFrame const& frame = {});

}  // namespace hadronforce
