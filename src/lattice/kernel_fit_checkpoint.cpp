#include "hadronforce/lattice/kernel_fit_checkpoint.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "lattice/kernel_units.hpp"
#include "lattice/sample_fits_datasets.hpp"

#include <cmath>

namespace hadronforce {

void write_fit_checkpoint(Communicator const& comm, std::string const& path, KernelFitProgress const& progress,
                          RunIdentity const& identity) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"fit_checkpoint", fit_checkpoint_format_version, identity.config, 0});
    write_identity(file, identity);
    auto const& mean = progress.mean;
    file.set_attribute("/", "step", mean.step);
    file.set_attribute("/", "damping", mean.damping);
    file.set_attribute("/", "loss", mean.loss);
    file.set_attribute("/", "seconds", mean.seconds);
    file.set_attribute("/", "mean_end", progress.mean_end ? static_cast<std::int64_t>(*progress.mean_end) : -1);
    file.write_vector("/parameters", to_vector(mean.parameters.array()),
                      {"1", "weights and biases of f, then of g", {"parameter"}});
    write_curve(file, mean.curve);
    if (progress.samples.done > 0) write_sample_fits(file, progress.samples);
    file.close();
}

KernelFitProgress read_fit_checkpoint(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                                      Eigen::Index parameters) {
    File const file(comm, path, File::Mode::read);
    auto const provenance = read_provenance(file, "fit_checkpoint", fit_checkpoint_format_version);
    auto const what = difference(file, identity);
    if (!what.empty()) throw InputError(path + ": belongs to another config; fit without --resume (" + what + ")");
    KernelFitProgress progress;
    auto& mean = progress.mean;
    mean.step = file.integer_attribute("/", "step");
    mean.damping = file.double_attribute("/", "damping");
    mean.loss = file.double_attribute("/", "loss");
    mean.seconds = file.double_attribute("/", "seconds");
    auto const end = file.integer_attribute("/", "mean_end");
    if (end >= 0) progress.mean_end = static_cast<FitEnd>(end);
    mean.parameters = read_column(file, "/parameters").matrix();
    mean.curve = read_curve(file);
    agree(comm, [&] {
        bool const whole = end <= static_cast<std::int64_t>(FitEnd::most_steps) && mean.step >= 0 &&
                           mean.damping > 0.0 && std::isfinite(mean.damping) && std::isfinite(mean.loss) &&
                           mean.parameters.allFinite() && !mean.curve.empty();
        if (mean.parameters.size() != parameters || !whole)
            throw InputError(path + ": does not fit the network or is damaged; fit without --resume");
        if (provenance.format_version < fit_checkpoint_format_version)  // knows nothing of its data
            throw InputError(path + ": was written by an older hadronforce; fit without --resume");
    });
    if (file.has("/samples/parameters")) progress.samples = read_sample_fits(file, parameters);
    return progress;
}

}  // namespace hadronforce
