#pragma once

namespace hadronforce {

/// W = 2^exponent value and dW/drho = 2^exponent derivative.
struct WhittakerW {
    double value;
    double derivative;
    int zeros;     ///< of W beyond rho
    int exponent;  ///< zero where the larger of |W| and |dW/drho| is within 1e-120..1e120
};

/// The decaying wave of a bound state in a Coulomb field, W_{-eta, l+1/2}(2 rho) -> exp(-rho) (2 rho)^(-eta), rho =
/// kappa r, which solves w'' = (l(l+1)/rho^2 + 2 eta/rho + 1) w (DLMF 13.14). eta < 0 is attraction; pure Coulomb
/// levels have eta = -n, n > l. For |eta| <= 20 and 0.01 <= rho <= 50 errors are below 1e-12, where w oscillates
/// relative to its amplitude; the logarithmic derivative is derivative/value. Throws InputError where eta is not finite
/// or beyond 200, l negative or above 100, or rho outside 1e-10..1e6.
WhittakerW whittaker_w(double eta, int l, double rho);

}  // namespace hadronforce
