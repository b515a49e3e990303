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
    PotentialFit fit;
    std::vector<Eigen::Index> points;  ///< orbits that were fitted, ascending
    MeanAndError at_points;            ///< the fitted form there
    Eigen::ArrayXd curve_r_fm;         ///< radii of a smooth curve over the fitted range
    MeanAndError curve;
};

/// None where the config has no section `fit`. Throws InputError with file and line.
std::optional<LocalFitConfig> read_local_fit(Section const& root, CorrelatorFile const& file,
                                             LeadingOrderSettings const& settings);

/// Collective. Throws InputError with file and line for what cannot be fitted, ConvergenceError.
LocalFit fit_locally(Communicator const& comm, LocalFitConfig const& config, CorrelatorFile const& file,
                     LeadingOrderPotential const& potential);

/// Collective. The group /fit of a file of kind "lattice_potential".
void write_local_fit(File& file, LocalFit const& fit, CorrelatorFile const& correlator);

/// Prints parameters with errors and chi^2 on rank 0.
void say_local_fit(Communicator const& comm, LocalFit const& fit);

}  // namespace hadronforce
