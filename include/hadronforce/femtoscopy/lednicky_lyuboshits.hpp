#pragma once

#include <Eigen/Core>

#include <complex>

namespace hadronforce {

/// What an s-wave of amplitude f (fm) adds to C at k (1/fm) for a Gaussian source of width r0: |f|^2/(2 R^2)
/// F3(r_eff/R)
/// + 2 Re f/(sqrt(pi) R) F1(2kR) - Im f/R F2(2kR), R = r0, F3(x) = 1 - x/(2 sqrt(pi)). r_eff: 0 leaves out the
/// correction for small sources.
double lednicky_lyuboshits_gain(double k, std::complex<double> f, double effective_range_fm, double r0_fm);

/// C(k*) of Lednicky and Lyuboshits (Sov. J. Nucl. Phys. 35 (1982) 770) for a Gaussian source of width r0 and an s-wave
/// given by a0 and r_eff (k cot(delta) = -1/a0 + r_eff k^2/2):
/// C = 1 + |f|^2/(2 R^2) F3(r_eff/R) + 2 Re f/(sqrt(pi) R) F1(2kR) - Im f/R F2(2kR), R = r0. Exact for a source much
/// larger than the range of the force.
Eigen::ArrayXd lednicky_lyuboshits(Eigen::ArrayXd const& k_star_MeV, double scattering_length_fm,
                                   double effective_range_fm, double r0_fm);

}  // namespace hadronforce
