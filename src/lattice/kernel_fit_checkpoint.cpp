#include "hadronforce/lattice/kernel_fit_checkpoint.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "lattice/kernel_units.hpp"

namespace hadronforce {

void write_fit_checkpoint(Communicator const& comm, std::string const& path, KernelFitProgress const& progress,
                          RunIdentity const& identity) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"fit_checkpoint", fit_checkpoint_format_version, identity.config, 0});
    write_identity(file, identity);
    write_curve(file, progress.starts.best_curve);
    write_kernel_fits(file, "/starts", "start", progress.starts);
    if (progress.samples.done > 0) write_kernel_fits(file, "/samples", "sample", progress.samples);
    file.close();
}

KernelFitProgress read_fit_checkpoint(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                                      Eigen::Index parameters) {
    File const file(comm, path, File::Mode::read);
    auto const provenance = read_provenance(file, "fit_checkpoint", fit_checkpoint_format_version);
    auto const what = difference(file, identity);
    if (!what.empty()) throw InputError(path + ": belongs to another config; fit without --resume (" + what + ")");
    agree(comm, [&] {
        if (provenance.format_version < fit_checkpoint_format_version)
            throw InputError(path + ": was written by an older hadronforce; fit without --resume");
    });
    KernelFitProgress progress;
    progress.starts = read_kernel_fits(file, "/starts", parameters);
    progress.starts.best_curve = read_curve(file);
    if (file.has("/samples/parameters")) progress.samples = read_kernel_fits(file, "/samples", parameters);
    return progress;
}

}  // namespace hadronforce
