#include "commands/fit_config.hpp"

#include "hadronforce/setup/measurements_config.hpp"
#include "hadronforce/setup/plausibility.hpp"

#include <fmt/format.h>

namespace hadronforce {

Eigen::Index FitConfig::bins() const {
    Eigen::Index sum = 0;
    for (auto const& measured : measurements) sum += measured.data.bins.size();
    return sum;
}

FitConfig read_fit_config(Section const& root, Communicator const& comm) {
    FitConfig config;
    FitNumbers numbers;
    config.measurements = read_measurements(root, comm, numbers);
    config.parameters = numbers.space().free();
    auto const free = static_cast<Eigen::Index>(config.parameters.size()), known = constraints_of(config.parameters);
    if (free == 0)
        root.fail("source", "and all else is fixed; write a number as {start: ..., min: ..., max: ...} to fit it");
    if (config.bins() + known < free)
        (root.has("data") ? root.section("data") : root)
            .fail(root.has("data") ? "file" : "measurements",
                  fmt::format("leaves {} bins in the range, too few for {} parameters", config.bins(), free));
    Section const fit = root.optional_section("fit");
    config.profile = fit.optional<bool>("profile", true);
    Check<std::int64_t> const count_of_starts = [](std::int64_t const& value) {
        return value >= 0 && value <= 100000 ? "" : "must lie between 0 and 100000";
    };
    config.more_starts = static_cast<int>(fit.optional<std::int64_t>("more_starts", 0, count_of_starts));
    config.seed = static_cast<std::uint64_t>(fit.optional<std::int64_t>("seed", 1, at_least(0)));
    config.any_lambdas = is_allowed(root, doubts::lambdas);
    Section const output = root.section("output");
    config.file = output.optional_output("file", OutputKind::hdf5);
    config.table = output.optional_output("table", OutputKind::text);
    if (config.file.empty() && config.table.empty())
        root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    return config;
}

}  // namespace hadronforce
