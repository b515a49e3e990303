#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/lattice/resampling.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// An interaction as a config names it.
struct ConfiguredInteraction {
    std::string name;                    ///< for messages
    std::string pair_name;               ///< "N-Omega"; empty where no pair is given
    bool natural_units = false;          ///< else MeV and fm
    double reduced_mass = 0.0;           ///< MeV, or natural
    std::array<double, 2> masses_MeV{};  ///< of the pair; equal ones where only the reduced mass is given
    double tolerance = 1e-13;  ///< to which panels resolve it; rounding of a network allows 1e-11, a table 1e-6 or so
    std::unique_ptr<LocalPotential> local;
    std::unique_ptr<NonlocalPotential> nonlocal;
    /// The same of each resampling sample, null for those that did not converge; empty where there are none.
    std::vector<std::unique_ptr<NonlocalPotential>> nonlocal_samples;
    std::vector<std::unique_ptr<LocalPotential>> local_samples;  ///< where the samples have local parts
    Resampling::Kind resampling = Resampling::Kind::jackknife;

    /// 2 mu/(hbar c)^2 in 1/(MeV fm^2), or 2 mu.
    double two_mu() const;
    /// k in 1/fm of a momentum in MeV/c; 1 in natural units.
    double wave_number_of(double momentum) const;
    /// Refers to this object.
    Interaction interaction() const { return {local.get(), nonlocal.get(), two_mu()}; }
    Interaction interaction_of_sample(std::size_t sample) const {
        return {local_samples.empty() ? local.get() : local_samples[sample].get(),
                nonlocal ? nonlocal_samples[sample].get() : nullptr, two_mu()};
    }
};

/// Collective. Reads a non-local interaction from the section `interaction`, a local one from `pair` and `potential`,
/// or both, which act together; `pair` may also bring the masses for `interaction` alone. See docs/config_keys.md.
/// Throws InputError with file and line.
ConfiguredInteraction read_interaction(Section const& root, Communicator const& comm);

}  // namespace hadronforce
