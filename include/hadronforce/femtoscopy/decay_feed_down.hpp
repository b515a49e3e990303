#pragma once

#include "hadronforce/femtoscopy/momentum_matrix.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// Pairs of a spectator and a mother that decays into a daughter and another particle, by phase space: p-Lambda with
/// Lambda -> p pi is seen as p-p.
struct MotherDecay {
    double spectator_mass_MeV;
    double mother_mass_MeV;
    double daughter_mass_MeV;
    double other_mass_MeV;
};

/// Rows: the given bins of k* of spectator and daughter; columns: bins of k* of spectator and mother of the given
/// width, from 0 to the highest that reaches the rows. In the mother's rest frame the decay is isotropic, so that the
/// squared mass of spectator and daughter is uniform between its limits; pairs of mothers are distributed as phase
/// space, k^2 dk. Throws InputError for a decay that cannot happen or a width that is not positive.
MomentumMatrix decay_feed_down(MotherDecay const& decay, Eigen::ArrayXd const& low_MeV, Eigen::ArrayXd const& high_MeV,
                               double width_MeV);

}  // namespace hadronforce
