#include "commands/command.hpp"
#include "commands/phase_shift_output.hpp"
#include "commands/phase_shift_results.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/setup/interaction_config.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <fmt/format.h>

namespace hadronforce {

void run_phase_shifts(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    ConfiguredInteraction const configured = read_interaction(root, comm);
    Eigen::ArrayXd const momenta = read_momenta(root, configured.natural_units ? "" : "_MeV");
    Section const output = root.section("output");
    auto const table = output.optional_output("table", OutputKind::text);
    auto const path = output.optional_output("file", OutputKind::hdf5);
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    require_errors(root, configured);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    std::string const unit = configured.natural_units ? "" : " MeV/c";
    say(comm, fmt::format("phase-shifts: {}, {} k from {:g} to {:g}{}", configured.name, momenta.size(), momenta[0],
                          momenta[momenta.size() - 1], unit));
    PhaseShifts shifts;
    solve_pair(root, [&] { shifts = solve_phase_shifts(comm, configured, momenta); });
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_phase_shifts(comm, temporary, config.resolved(), configured, shifts);
        });
    if (!table.empty()) write_text(comm, table, phase_shift_table(configured, shifts));

    say_phase_shifts(comm, configured, shifts);
    if (shifts.change_rad > 0.0)
        say(comm, fmt::format("largest change of delta on a grid twice as fine: {:.0e} rad", shifts.change_rad));
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
