#pragma once

#include "hadronforce/interaction/tabulated_kernel.hpp"
#include "hadronforce/lattice/kernel_file.hpp"

#include <optional>
#include <string>

namespace hadronforce {

/// Where a table of a kernel is, and how to interpolate it.
struct KernelTable {
    std::string file;
    std::string r_dataset = "/r";  ///< n radii
    std::string u_dataset = "/U";  ///< n x n
    int order = TabulatedKernel::default_order;
};

/// A kernel from a table, and the units that its file says it is in, where it does.
struct TabulatedKernelFile {
    std::optional<KernelUnits> units;
    TabulatedKernel kernel;
};

/// Collective. Reads any HDF5 file with such datasets; files of kind "potential" are some. Throws InputError naming
/// file and dataset for one that is missing, of another shape, not symmetric, not finite.
TabulatedKernelFile read_tabulated_kernel(Communicator const& comm, KernelTable const& table);

}  // namespace hadronforce
