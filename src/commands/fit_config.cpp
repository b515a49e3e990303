#include "commands/fit_config.hpp"

#include "commands/fit_numbers.hpp"
#include "commands/measurement_config.hpp"
#include "commands/pair_config.hpp"
#include "commands/physics_config.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

namespace hadronforce {
FitConfig read_fit_config(Section const& root, Communicator const& comm) {
    FitConfig config;
    config.data = read_measured_data(root.section("data"), comm);
    FitNumbers numbers;
    config.model.pair = read_pair_model(root, comm, numbers);
    config.model.pair.tolerance = read_tolerance(root, config.model.pair);
    read_measurement(root, comm, numbers, config.data.bins.k_high_MeV.maxCoeff(), config.model);
    config.parameters = numbers.parameters();
    if (config.parameters.empty())
        root.fail("source", "and all else is fixed; write a number as {start: ..., min: ..., max: ...} to fit it");
    auto const bins = config.data.bins.size(), free = static_cast<Eigen::Index>(config.parameters.size());
    if (bins < free)
        root.section("data").fail("file",
                                  fmt::format("leaves {} bins in the range, too few for {} parameters", bins, free));
    Section const fit = root.optional_section("fit");
    config.profile = fit.optional<bool>("profile", true);
    config.more_starts = static_cast<int>(fit.optional<std::int64_t>("more_starts", 0, at_least(0)));
    config.seed = static_cast<std::uint64_t>(fit.optional<std::int64_t>("seed", 1, at_least(0)));
    Section const output = root.section("output");
    config.file = output.optional_output("file", OutputKind::hdf5);
    config.table = output.optional_output("table", OutputKind::text);
    if (config.file.empty() && config.table.empty())
        root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    agree(comm, [&] { solve_pair(root, [&] { config.make_model().in_bins(numbers.trial()); }); });
    return config;
}

}  // namespace hadronforce
