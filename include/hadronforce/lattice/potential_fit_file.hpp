#pragma once

#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/lattice/resampling.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// A local form that `lattice-potential` fitted to one time slice; all parameters of each.
struct FittedForm {
    std::string form;
    std::int64_t time = 0;
    double reduced_mass_MeV = 0.0;
    Resampling::Kind kind = Resampling::Kind::jackknife;
    double chi2_per_dof = 0.0;  ///< of the fit to the mean
    PotentialParameters of_mean;
    std::vector<PotentialParameters> of_sample;
};

/// Collective. `time`: the slice; may be left out where the file has a fit to one alone. Throws InputError for files
/// that are damaged or have no such fit, naming the slices that there are.
FittedForm read_fitted_form(Communicator const& comm, std::string const& path, std::optional<std::int64_t> time);

}  // namespace hadronforce
