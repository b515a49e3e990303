#include "hadronforce/lattice/tabulated_kernel_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "lattice/kernel_units.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

RowMatrixXd read_shaped(File const& file, std::string const& name, std::size_t axes, char const* shape) {
    auto const extent = file.shape(name);
    agree(file.comm(), [&] {
        if (extent.size() != axes)
            throw InputError(fmt::format("{}:{}: has {} axes; {} are needed", file.path(), name, extent.size(), shape));
    });
    return file.read_all(name);
}

}  // namespace

TabulatedKernelFile read_tabulated_kernel(Communicator const& comm, KernelTable const& table) {
    File const file(comm, table.file, File::Mode::read);
    RowMatrixXd const r = read_shaped(file, table.r_dataset, 1, "n radii");
    RowMatrixXd const u = read_shaped(file, table.u_dataset, 2, "n x n values");
    bool const has_local_part = table.u_dataset == "/U" && file.has("/V");
    agree(comm, [&] {
        if (has_local_part)
            throw InputError(table.file + ":/V: a local part acts beside /U; take the whole kernel by form: fitted");
    });
    std::optional<KernelUnits> units;
    if (file.has_attribute("/", "units")) units = read_units(file);
    std::optional<TabulatedKernel> kernel;
    agree(comm, [&] {
        try {
            kernel.emplace(r.col(0).array(), u, table.order);
        } catch (InputError const& error) {
            throw InputError(
                fmt::format("{}: {} and {}: {}", table.file, table.r_dataset, table.u_dataset, error.what()));
        }
    });
    return {units, std::move(*kernel)};
}

}  // namespace hadronforce
