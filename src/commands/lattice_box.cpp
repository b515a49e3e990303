#include "commands/command.hpp"
#include "commands/lattice_box_output.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/setup/lattice_box_config.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

namespace hadronforce {

void run_lattice_box(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    ConfiguredInteraction const interaction = read_interaction(root, comm);
    BoxConfig const box = read_box(root, interaction, comm);
    Section const output = root.section("output");
    auto const table = output.optional_output("table", OutputKind::text);
    auto const path = output.optional_output("file", OutputKind::hdf5);
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    require_errors(root, interaction);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    auto const& settings = box.settings;
    say(comm, fmt::format("lattice-box: {}, {}^3 lattice, 1/a = {:.7g} MeV, L = {:.3g} fm, stencil of order {}, masses "
                          "{:.7g} and {:.7g} MeV",
                          interaction.name, settings.extent, settings.inverse_a_MeV, settings.L_fm(),
                          static_cast<int>(settings.order), settings.masses_MeV[0], settings.masses_MeV[1]));
    Eigen::ArrayXd curve_k2;
    BoxNumbers numbers;
    std::optional<BoxErrors> errors;
    std::optional<BoxNumbers> starts;
    std::optional<EffectiveEnergies> effective;
    auto const solve = [&](auto const& work) { agree(comm, [&] { solve_pair(root, work); }); };
    solve([&] {
        numbers = box_energies(interaction.interaction(), interaction.name, interaction.reduced_mass, settings);
    });
    say(comm, fmt::format("energies in the box: {:.7g} MeV", fmt::join(numbers.energy_MeV, ", ")));
    solve([&] { add_infinite_volume(interaction.interaction(), interaction.tolerance, settings, numbers, curve_k2); });
    if (!interaction.samples_converged.empty()) errors = box_errors(comm, interaction, settings, numbers, curve_k2);
    if (!interaction.other_starts.empty()) starts = box_starts(comm, interaction, settings, numbers, curve_k2);
    if (box.correlator) effective = effective_energies(comm, *box.correlator, box.times);
    BoxResult const result{interaction,
                           settings,
                           numbers,
                           curve_k2,
                           errors ? &*errors : nullptr,
                           starts ? &*starts : nullptr,
                           effective ? &*effective : nullptr};
    if (!path.empty())
        write_atomically(comm, path,
                         [&](std::string const& temporary) { write_box(comm, temporary, config.resolved(), result); });
    if (!table.empty()) write_text(comm, table, box_table(result));
    say_box(comm, result);
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
