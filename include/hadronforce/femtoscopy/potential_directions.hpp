#pragma once

#include <Eigen/Core>

namespace hadronforce {

/// What is believed of a change delta V(r) of a potential before anything is measured: normal, of zero mean.
struct PotentialPrior {
    double relative = 1.0;       ///< standard deviation at each radius in parts of |V(r)|, in quadrature with
    double amplitude_MeV = 0.0;  ///< this one
    /// Radii r and r' vary together as exp(-(r - r')^2/(2 correlation^2)). 0: each radius on its own, and the standard
    /// deviations are those of the mean over 1 fm.
    double correlation_fm = 0.4;

    /// Covariance in MeV^2 of delta V at equally spaced radii, between which it is linear; `v_MeV`: V there.
    Eigen::MatrixXd covariance_MeV2(Eigen::ArrayXd const& r_fm, Eigen::ArrayXd const& v_MeV) const;
};

/// Directions of V(r) in the order of what C(k*) says of them.
struct PotentialDirections {
    /// Change of C, in errors of C and over all momenta (the root of chi^2), that one standard deviation of the prior
    /// along the direction makes; largest first. What is above 1 is determined: better known after the measurement.
    Eigen::ArrayXd signal_to_noise;
    Eigen::MatrixXd delta_v_MeV;        ///< radii x directions: one standard deviation of the prior
    Eigen::MatrixXd delta_correlation;  ///< momenta x directions: what it does to C

    Eigen::Index determined() const { return (signal_to_noise > 1.0).count(); }
};

/// Singular values and vectors of (dC/dV)/(error of C) in units of the prior. `gradient_per_MeV`: momenta x radii, as
/// of correlation_gradient_per_MeV; `error`: of C at each momentum, independent of one another.
PotentialDirections potential_directions(Eigen::MatrixXd const& gradient_per_MeV,
                                         Eigen::MatrixXd const& covariance_MeV2, Eigen::ArrayXd const& error);

}  // namespace hadronforce
