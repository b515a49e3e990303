#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/resampling.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"
#include "hadronforce/setup/number_reader.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// An interaction as a config names it.
struct ConfiguredInteraction {
    std::string name;                    ///< for messages
    std::string file;                    ///< of a fit, for messages
    std::string pair_name;               ///< "N-Omega"; empty where no pair is given
    bool natural_units = false;          ///< else MeV and fm
    double reduced_mass = 0.0;           ///< MeV, or natural
    std::array<double, 2> masses_MeV{};  ///< of the pair; equal ones where only the reduced mass is given
    int charge_product = 0;              ///< of point charges, whose smearing is in `local`
    double charge_radius_fm = 0.0;
    double tolerance = 1e-13;  ///< to which panels resolve it; rounding of a network allows 1e-11, a table 1e-6 or so
    std::shared_ptr<LocalPotential const> local;
    std::shared_ptr<NonlocalPotential const> nonlocal;
    /// Where numbers of a config make them, these numbers: of a local part by form, of a non-local one by key with what
    /// makes it of their values.
    std::optional<ModelForm> local_form;
    std::map<std::string, ModelNumber> numbers;
    std::function<std::shared_ptr<NonlocalPotential const>(std::map<std::string, double> const&)> make_nonlocal;
    /// The same of each resampling sample, and whether its fit converged; empty where there are none.
    std::vector<bool> samples_converged;
    std::vector<std::unique_ptr<NonlocalPotential>> nonlocal_samples;  ///< empty: they have no non-local part
    std::vector<std::shared_ptr<LocalPotential const>> local_samples;  ///< empty: their local part is `local`
    Resampling::Kind resampling = Resampling::Kind::jackknife;
    /// What a fitted kernel and its local part do to the waves that they were fitted to, as one local potential, and of
    /// each sample; null, and empty, where there is no kernel or the file does not say.
    std::shared_ptr<LocalPotential const> effective;
    std::vector<std::shared_ptr<LocalPotential const>> effective_samples;
    /// A fitted kernel without what no wave of the fit has seen of it; null where there is none.
    std::shared_ptr<NonlocalPotential const> seen;
    /// The other fits to the same data, from other starts, that converged.
    struct OtherStart {
        std::shared_ptr<LocalPotential const> local;
        std::shared_ptr<NonlocalPotential const> nonlocal;
    };
    std::vector<OtherStart> other_starts;

    /// 2 mu/(hbar c)^2 in 1/(MeV fm^2), or 2 mu.
    double two_mu() const;
    /// 2 eta k in 1/fm.
    double two_eta_k() const;
    /// k in 1/fm of a momentum in MeV/c; 1 in natural units.
    double wave_number_of(double momentum) const;
    /// `work` with one sample or other start; what it throws names the file and `which`, "sample 3".
    void naming(std::string const& which, std::function<void()> const& work) const;
    /// Refers to this object.
    Interaction interaction() const { return {local.get(), nonlocal.get(), two_mu(), two_eta_k()}; }
    Interaction interaction_of_sample(std::size_t sample) const {
        return {local_samples.empty() ? local.get() : local_samples[sample].get(),
                nonlocal_samples.empty() ? nullptr : nonlocal_samples[sample].get(), two_mu(), two_eta_k()};
    }
};

/// A kernel with its samples and other starts, as `interaction: {form: fitted}` reads it from a file.
ConfiguredInteraction fitted_interaction(FittedKernel fitted);

/// Collective. Reads a non-local interaction from the section `interaction`, a local one from `pair` and `potential`,
/// or both, which act together; `pair` may also bring masses or charges for `interaction` alone. See
/// docs/config_keys.md. Throws InputError with file and line.
ConfiguredInteraction read_interaction(Section const& root, Communicator const& comm);
/// The same with numbers that may be parameters; parts are those of numbers.trial(), none where that is not known.
ConfiguredInteraction read_interaction(Section const& root, Communicator const& comm, NumberReader& numbers);

/// Throws InputError where there are samples of which fewer than two converged.
void require_errors(Section const& root, ConfiguredInteraction const& configured);

/// Throws InputError with file and line for an interaction with charges: on a lattice there are none.
void refuse_charges(Section const& root, ConfiguredInteraction const& interaction);

}  // namespace hadronforce
