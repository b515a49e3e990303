#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/measurement/written_unit.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/storage/file.hpp"

#include <string>

namespace hadronforce {

/// How a function of r is named in files: columns of a CSV, datasets of an HDF5 file.
struct TableNames {
    std::string radii_key = "radii_fm";  ///< the list it becomes
    std::string values_key;
    std::string value_name;  ///< in files, unless the section's `value_name` says otherwise
    Dimension value;         ///< what the values are: energies in MeV, densities in 1/fm^3
};

/// Collective. The unit that a dataset has as its attribute `unit` or `units`, or else in its name; empty where it has
/// none.
std::string stated_unit(File const& file, std::string const& dataset);

/// Collective. Fills the two lists from the file that the section's `file` names, HDF5 where the name ends in .h5 or
/// .hdf5, else CSV; `r_name` (r_fm) and `value_name` are its columns or datasets. Units that those names (or an
/// attribute `unit` of a dataset) state are converted: V_GeV. Throws InputError with file and line (dataset) for a unit
/// of another dimension, unless `allow` names units, and for a table that does not increase from r >= 0 on or has fewer
/// than four rows.
void read_table(Section const& section, Communicator const& comm, TableNames const& names,
                PotentialParameters& parameters);

/// Collective. The parameters of form `gaussians_plus_pions` from the table of a SpinIsospinPotential, one a row:
/// section keys `file`, `row`, `spin`, `isospin`, `m_pi_MeV`; columns in docs/potential_files.md.
PotentialParameters read_spin_isospin_table(Section const& section, Communicator const& comm);

}  // namespace hadronforce
