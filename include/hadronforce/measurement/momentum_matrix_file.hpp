#pragma once

#include "hadronforce/femtoscopy/momentum_matrix.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// Collective. Reads a momentum matrix. HDF5 where the name ends in .h5 or .hdf5: the datasets k_edges_MeV (rows + 1),
/// k_from_edges_MeV (columns + 1) and matrix (rows x columns). Else a CSV with one entry a line, in any order, entries
/// that are not listed zero: k_low_MeV, k_high_MeV, k_from_low_MeV, k_from_high_MeV, weight. Rows must add to 1 within
/// 1e-3, or to anything positive where `normalise`; the result's add to 1. Throws InputError with file and line
/// (dataset).
MomentumMatrix read_momentum_matrix(Communicator const& comm, std::string const& path, bool normalise);

}  // namespace hadronforce
