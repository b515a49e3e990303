#include "commands/command.hpp"
#include "commands/solution.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

int read_charged_levels(Section const& root) {
    return static_cast<int>(root.section("output").optional<std::int64_t>(
        "charged_levels", 3,
        [](std::int64_t const& levels) { return levels >= 0 && levels <= 100 ? "" : "must lie between 0 and 100"; }));
}

}  // namespace

void run_solve(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    FixedPair const pair = read_fixed_pair(root, comm);
    int const charged_levels = read_charged_levels(root);
    Section const output = root.section("output");
    auto const table = output.optional_output("table", OutputKind::text);
    auto const path = output.optional_output("file", OutputKind::hdf5);
    auto const hepdata = output.has("hepdata") ? output.optional_output("hepdata", OutputKind::text) : "";
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    auto const& k = pair.k_star_MeV;
    say(comm, fmt::format("solve: {}, {}, {} k* from {:.7g} to {:.7g} MeV/c", pair.model.name,
                          pair.model.kind->interaction_name(), k.size(), k[0], k[k.size() - 1]));
    Solution solution;
    agree(comm, [&] { solve_pair(root, [&] { solution = solved(pair, charged_levels); }); });
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_solution(comm, temporary, config.resolved(), solution);
        });
    if (!table.empty()) write_text(comm, table, solution_table(solution));
    if (!hepdata.empty()) write_text(comm, hepdata, solution_hepdata(solution));

    for (auto const& line : solution_report(solution)) say(comm, line);
    auto const& c = solution.solved.correlation;
    if (c.minCoeff() < 0.0)
        warn(comm, "C is negative: the source is too small for the Lednicky-Lyuboshits model with this r_eff");
    say(comm, fmt::format("C({:.7g} MeV/c) = {:.7g}, estimated error {:.0e} of max(1, C)", k[0], c[0],
                          solution.solved.error_estimate));
    if (solution.measured) say(comm, fmt::format("measured C({:.7g} MeV/c) = {:.7g}", k[0], (*solution.measured)[0]));
    if (!table.empty()) say(comm, "table: " + table);
    if (!hepdata.empty()) say(comm, "HEPData: " + hepdata);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
