#pragma once

#include "hadronforce/lattice/box_spectrum.hpp"
#include "hadronforce/lattice/correlator_file.hpp"
#include "hadronforce/lattice/correlator_noise.hpp"

#include <vector>

namespace hadronforce {

/// How an energy E = k^2/(2 mu) in the box, k^2 negative for bound states, becomes a rate of decay dW. Nonrelativistic:
/// c dW^2 + dW = E, c = (1 + 3 D^2)/(8 mu), with which the time-dependent equation holds. Relativistic: dW =
/// sqrt(m1^2 + k^2) + sqrt(m2^2 + k^2) - m1 - m2, of which that equation has the first two orders in dW, and all for
/// equal masses.
enum class Dispersion { nonrelativistic, relativistic };

/// Whether dW obeys that relation as it stands, or (nonrelativistic alone) with the derivatives in time replaced by
/// their finite differences, with which the time-dependent equation holds exactly for those.
enum class TimeDependence { exact, finite_difference };

struct CorrelatorMockSettings {
    Ensemble ensemble;
    std::vector<std::int64_t> times;
    StencilOrder space_order = StencilOrder::second;
    StencilOrder time_order = StencilOrder::second;
    TimeDependence time_dependence = TimeDependence::finite_difference;
    Dispersion dispersion = Dispersion::nonrelativistic;
    Eigen::Index states = 30;     ///< the lowest so many contribute
    std::vector<double> weights;  ///< of each state; empty: those of a wall source, sum over sites of psi
    CorrelatorNoise noise;
};

/// Collective. R(t, r) = sum_n weight_n psi_n(r) exp(-dW_n t) with psi_n the eigenstates of the interaction on the
/// lattice, and resampled from as many noisy configurations as the ensemble has. Equal to the bit for any number of
/// ranks. Throws as box_spectrum does, and InputError for states that are too deep for a real dW, a relativistic
/// dispersion with finite differences, weights that do not fit, and correlators that are zero or overflow.
Correlator mock_correlator(Communicator const& comm, CorrelatorMockSettings const& settings,
                           BoxInteraction const& interaction, BoxSpectrum* spectrum = nullptr);

}  // namespace hadronforce
