#include "commands/command.hpp"
#include "commands/lattice_mock_box.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/mock_waves.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/setup/interaction_config.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <fmt/format.h>

namespace hadronforce {

void run_lattice_mock(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    if (root.has("lattice")) return run_lattice_mock_box(config, options, comm);
    ConfiguredInteraction const configured = read_interaction(root, comm);
    refuse_charges(root, configured);
    std::string const momentum_unit = configured.natural_units ? "" : "_MeV";
    Eigen::ArrayXd const momenta = read_momenta(root, momentum_unit);
    Section const radii = root.section("radii");
    double const cut = radii.required<double>(configured.natural_units ? "cut" : "cut_fm", positive());
    auto const panels = radii.optional<std::int64_t>("panels", 3, at_least(1));
    if (panels > 1000) radii.fail("panels", "must be at most 1000");
    auto const path = root.section("output").output("file", OutputKind::hdf5);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    say(comm, fmt::format("lattice-mock: {} waves of {} within r = {:g}{}", momenta.size(), configured.name, cut,
                          configured.natural_units ? "" : " fm"));
    WavesFile waves{{configured.natural_units, configured.reduced_mass}, momenta, {}};
    agree(comm, [&] {
        solve_pair(root, [&] {
            waves.data = mock_waves(configured.interaction(), momenta * configured.wave_number_of(1.0),
                                    configured.tolerance, cut, static_cast<int>(panels));
            check(waves.data);
        });
    });
    write_atomically(comm, path,
                     [&](std::string const& temporary) { write_waves(comm, temporary, waves, config.resolved()); });
    say(comm, "waves: " + path);
}

}  // namespace hadronforce
