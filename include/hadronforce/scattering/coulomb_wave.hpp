#pragma once

#include <Eigen/Core>

#include <complex>

namespace hadronforce {

/// sigma_l = arg Gamma(l + 1 + i eta), odd in eta and continuous in it (not reduced modulo 2 pi).
double coulomb_phase(double eta, int l);

/// Gamow's factor C_0^2 = |psi_C(0)|^2 = 2 pi eta/(exp(2 pi eta) - 1) for a plane wave of unit density; 1 at eta = 0.
double gamow_factor(double eta);

/// h(eta) = Re psi(1 + i eta) - ln |eta| of the effective range expansion between charges, C_0^2 k cot(delta) +
/// 2 k eta h(eta) = -1/a0 + r_eff k^2/2 (H. A. Bethe, Phys. Rev. 76 (1949) 38); even, 1/(12 eta^2) + ... towards
/// threshold.
double coulomb_range_function(double eta);

/// The wave of a point charge, exp(-pi eta/2) Gamma(1 + i eta) exp(ikz) 1F1(-i eta, 1, ik(r - z)), z = r cos theta. It
/// equals exp(i sigma_0 + ik(r + z)/2) (F_0'(t) - i F_0(t)) at t = k(r - z)/2, and is computed so. kr >= 0; errors as
/// for coulomb_functions.
std::complex<double> coulomb_wave(double eta, double kr, double cos_theta);

/// (1/2) integral dcos(theta) |psi_C|^2 = sum_l (2l+1) F_l^2/rho^2 = F_0'^2 + (1 - 2 eta/rho) F_0^2 at rho = kr, which
/// ascends. Tends to gamow_factor at 0 and to 1 - eta/kr + ... far out.
Eigen::ArrayXd coulomb_density(double eta, Eigen::ArrayXd const& kr);

/// (1/2) integral dcos(theta) Re[psi_C(theta)^* psi_C(pi - theta)] = sum_l (-1)^l (2l+1) F_l^2/rho^2
/// = C_0 F_0(2 rho)/(2 rho): what (anti)symmetrised waves of two identical particles add to (subtract from) the
/// density.
Eigen::ArrayXd coulomb_exchange_density(double eta, Eigen::ArrayXd const& kr);

}  // namespace hadronforce
