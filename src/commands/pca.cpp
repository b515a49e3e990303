#include "commands/command.hpp"
#include "commands/pca_config.hpp"
#include "commands/pca_directions.hpp"
#include "commands/pca_output.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

/// Errors of C in whose units the input is; none where it is in units of its own.
Eigen::RowVectorXd error_of(PcaConfig const& config, Moments const& moments) {
    if (config.input != "relative_to_error" || config.error.size() > 0) return config.error;
    if ((moments.mean.array() <= 0.0).any())
        throw InputError(config.dataset +
                         ": the mean of C(k*) is not positive everywhere, so an error in parts of it "
                         "makes no sense; use features.errors");
    return config.relative_error * moments.mean;
}

}  // namespace

void run_pca(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    DatasetFile const dataset(comm, read_pca_dataset(root));
    PcaConfig const c = read_pca_config(root, dataset, comm);
    auto const directions = read_directions(root, dataset, comm);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    say(comm, fmt::format("pca: {} of {} samples at {} k*, {} rank{}", c.input, dataset.samples(),
                          dataset.k_star_MeV().size(), comm.size(), comm.size() == 1 ? "" : "s"));
    PcaResult result;
    result.input.logarithm = c.input == "log_correlation";
    result.input.measurements = dataset.measurements();
    result.moments = dataset_moments(comm, dataset, result.input.logarithm);
    agree(comm, [&] {
        result.input.error = error_of(c, result.moments);
        if (result.input.error.size() > 0) result.moments = over_errors(result.moments, result.input.error);
        result.spectrum = component_spectrum(result.moments.covariance, c.components);
        if (directions) result.directions = directions_of_potential(*directions);
    });
    write_atomically(comm, c.file, [&](std::string const& temporary) {
        write_pca(comm, temporary, config.resolved(), dataset, c, result, directions);
    });
    if (!c.table.empty()) write_text(comm, c.table, pca_table(result));
    say(comm, pca_report(result, directions));
    say(comm, "file: " + c.file);
}

}  // namespace hadronforce
