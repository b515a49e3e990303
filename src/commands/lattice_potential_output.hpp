#pragma once

#include "commands/lattice_potential_fit.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// The CSV table: one line a time slice and cubic orbit.
std::string potential_table(CorrelatorFile const& file, LeadingOrderSettings const& settings,
                            LeadingOrderPotential const& potential, std::vector<LocalFit> const& fits);

/// Collective. A file of kind "lattice_potential", docs/lattice_format.md.
void write_leading_order_potential(Communicator const& comm, std::string const& path, std::string const& config,
                                   CorrelatorFile const& correlator, LeadingOrderSettings const& settings,
                                   LeadingOrderPotential const& potential, std::vector<LocalFit> const& fits);

}  // namespace hadronforce
