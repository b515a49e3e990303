#include "commands/command.hpp"
#include "commands/lattice_potential_output.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/setup/stencil_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hadronforce {
namespace {

LeadingOrderSettings read_settings(Section const& section, CorrelatorFile const& file) {
    LeadingOrderSettings settings;
    settings.times = read_time_slices(section);
    settings.space_order = read_stencil_order(section, "space_order");
    settings.time_order = read_stencil_order(section, "time_order");
    settings.one_sided = section.optional<bool>("one_sided", false);
    settings.reduced_mass_a = section.has("reduced_mass_a") ? section.required<double>("reduced_mass_a", positive())
                                                            : file.ensemble().reduced_mass_a();
    settings.mass_asymmetry = file.ensemble().mass_asymmetry();
    return settings;
}

}  // namespace

void run_lattice_potential(Config const& config, CommandOptions const& options, Communicator const& comm) {
    CorrelatorFile const file(comm, config.root().section("correlator").input("file"));
    LeadingOrderSettings const settings = read_settings(config.root().section("potential"), file);
    auto const fit_config = read_local_fit(config.root(), file, settings);
    Section const output = config.root().section("output");
    auto const table = output.optional_output("table", OutputKind::text);
    auto const path = output.optional_output("file", OutputKind::hdf5);
    if (table.empty() && path.empty()) config.root().fail("output", "needs a table (CSV) or a file (HDF5), or both");
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    auto const& ensemble = file.ensemble();
    say(comm, fmt::format("lattice-potential: {}, {}^3 lattice, {} samples, t = {}", ensemble.channel,
                          ensemble.spatial_extent, file.samples(), fmt::join(settings.times, ", ")));
    auto const potential = leading_order_potential(comm, file, settings);
    std::vector<LocalFit> fits;
    if (fit_config) fits = fit_locally(comm, *fit_config, file, potential);
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_leading_order_potential(comm, temporary, config.resolved(), file, settings, potential, fits);
        });
    if (!table.empty()) write_text(comm, table, potential_table(file, settings, potential, fits));

    auto const& total = potential.result[LeadingOrderPotential::total];
    for (std::size_t slice = 0; slice < potential.times.size(); ++slice) {
        auto const origin = static_cast<Eigen::Index>(slice) * file.orbits().size();
        say(comm, fmt::format("V(r = 0, t = {}) = {:.7g} +- {:.2g} /a = {:.5g} +- {:.2g} MeV", potential.times[slice],
                              total.mean[origin], total.error[origin], total.mean[origin] * ensemble.inverse_a_MeV,
                              total.error[origin] * ensemble.inverse_a_MeV));
    }
    for (auto const& fit : fits) say_local_fit(comm, fit);
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
