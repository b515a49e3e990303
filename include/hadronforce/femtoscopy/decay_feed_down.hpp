#pragma once

namespace hadronforce {

/// Pairs of a spectator and a mother that decays into a daughter and another particle, by phase space: p-Lambda with
/// Lambda -> p pi is seen as p-p.
struct MotherDecay {
    double spectator_mass_MeV;
    double mother_mass_MeV;
    double daughter_mass_MeV;
    double other_mass_MeV;
};

struct MomentumInterval {
    double low_MeV, high_MeV;
};

/// Which mothers daughters come from. In the mother's rest frame the decay is isotropic, so that the squared mass of
/// spectator and daughter is uniform between its limits; pairs of mothers are distributed as phase space, k^2 dk.
/// C of the daughters' pairs at k* is the mean of C of the mothers' over mothers_of(k*), with that weight.
class DecayFeedDown {
  public:
    /// Throws InputError for a decay that cannot happen.
    explicit DecayFeedDown(MotherDecay const& decay);

    /// Momenta k* of spectator and mother from which daughters come at k* > 0 of spectator and daughter, in MeV/c:
    /// rapidities of the mother beside the spectator that differ from the daughter's by that of the daughter in the
    /// mother's frame, or less.
    MomentumInterval mothers_of(double k_star_MeV) const;

    /// Of mothers at k* of spectator and mother: those that come to any one k* of spectator and daughter within its
    /// reach, up to a constant.
    double weight(double k_of_mothers_MeV) const;

  private:
    MotherDecay decay_;
    double rapidity_of_daughter_;  ///< in the mother's frame
};

}  // namespace hadronforce
