#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/lattice/leading_order_potential.hpp"
#include "hadronforce/lattice/potential_fit.hpp"

#include <optional>
#include <vector>

namespace hadronforce {

/// The section `fit` of a config for `lattice-potential`.
struct LocalFitConfig {
    Section section;
    PotentialFitSettings settings;
    double r_min_fm;
    double r_max_fm;
};

/// A local form fitted to the leading-order potential at one time slice; MeV and fm.
struct LocalFit {
    LocalFitConfig config;
    std::int64_t time;
    PotentialFit fit;
    std::vector<Eigen::Index> points;  ///< orbits that were fitted, ascending
    MeanAndError at_points;            ///< the fitted form there
    Eigen::ArrayXd curve_r_fm;         ///< radii of a smooth curve over the fitted range
    MeanAndError curve;
};

/// None where the config has no section `fit`. Throws InputError with file and line.
std::optional<LocalFitConfig> read_local_fit(Section const& root, CorrelatorFile const& file,
                                             LeadingOrderSettings const& settings);

/// Collective. A fit to each time slice. Throws InputError with file and line for what cannot be fitted,
/// ConvergenceError.
std::vector<LocalFit> fit_locally(Communicator const& comm, LocalFitConfig const& config, CorrelatorFile const& file,
                                  LeadingOrderPotential const& potential);

/// Collective. The groups /fit_tT of a file of kind "lattice_potential", one a time slice T.
void write_local_fits(File& file, std::vector<LocalFit> const& fits, CorrelatorFile const& correlator);

/// Prints parameters with errors and chi^2 on rank 0.
void say_local_fit(Communicator const& comm, LocalFit const& fit);

}  // namespace hadronforce
