#include "commands/command.hpp"
#include "commands/interaction_config.hpp"
#include "commands/output.hpp"
#include "commands/physics_config.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {
namespace {

constexpr std::int64_t phase_shifts_format_version = 1;

/// Names and units as they appear in tables, files and messages.
struct Labels {
    char const* k;
    char const* momentum_unit;
    char const* k_cot_delta;
    char const* inverse_length_unit;
    char const* length_suffix;
    char const* length_unit;
    char const* bound_states;
    char const* energy_unit;
};
constexpr Labels physical{"k_star_MeV", "MeV/c", "k_cot_delta_per_fm", "1/fm", "_fm", " fm", "bound_states_MeV", "MeV"};
constexpr Labels natural{"k", "1", "k_cot_delta", "1", "", "", "bound_states", "1"};

struct Outcome {
    NonlocalScattering scattering;
    Eigen::ArrayXd k_cot_delta;
    std::vector<double> energies;
    double change_when_refined;  ///< of delta, on panels half as long
};

Outcome solve(ConfiguredInteraction const& configured, Eigen::ArrayXd const& momenta) {
    Eigen::ArrayXd const k = momenta * configured.wave_number_of(1.0);
    NonlocalSolver const solver(configured.interaction(), k[k.size() - 1], configured.tolerance);
    Outcome outcome{solver.scatter(k), {}, {}, 0.0};
    outcome.k_cot_delta = k * outcome.scattering.delta_rad.cos() / outcome.scattering.delta_rad.sin();
    for (double kappa : solver.binding_momenta()) outcome.energies.push_back(-kappa * kappa / configured.two_mu());
    outcome.change_when_refined =
        (solver.refined().scatter(k).delta_rad - outcome.scattering.delta_rad).abs().maxCoeff();
    return outcome;
}

void write_file(Communicator const& comm, std::string const& path, std::string const& config, Labels const& labels,
                Eigen::ArrayXd const& momenta, Outcome const& outcome) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"phase_shifts", phase_shifts_format_version, config, 0});
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description) {
        file.write_vector("/" + name, {values.begin(), values.end()}, {unit, description, {"k"}});
    };
    column(labels.k, momenta, labels.momentum_unit, "relative momentum");
    column("delta_rad", outcome.scattering.delta_rad, "rad", "s-wave phase shift");
    column(labels.k_cot_delta, outcome.k_cot_delta, labels.inverse_length_unit, "k cot(delta)");
    file.write_vector("/" + std::string(labels.bound_states), outcome.energies,
                      {labels.energy_unit, "energies of the s-wave bound states", {"state"}});
    file.set_attribute("/", "a0" + std::string(labels.length_suffix), outcome.scattering.scattering_length);
    file.set_attribute("/", "r_eff" + std::string(labels.length_suffix), outcome.scattering.effective_range);
    file.close();
}

std::string table_text(Labels const& labels, Eigen::ArrayXd const& momenta, Outcome const& outcome) {
    std::string text = fmt::format("{},delta_rad,{}\n", labels.k, labels.k_cot_delta);
    for (Eigen::Index j = 0; j < momenta.size(); ++j)
        text += fmt::format("{:.15g},{:.15g},{:.15g}\n", momenta[j], outcome.scattering.delta_rad[j],
                            outcome.k_cot_delta[j]);
    return text;
}

}  // namespace

void run_phase_shifts(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    ConfiguredInteraction const configured = read_interaction(root, comm);
    Labels const& labels = configured.natural_units ? natural : physical;
    Eigen::ArrayXd const momenta = read_momenta(root, configured.natural_units ? "" : "_MeV");
    Section const output = root.section("output");
    auto const table = output.optional<std::string>("table", "");
    auto const path = output.optional<std::string>("file", "");
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    if (!config_is_read(config, options, comm)) return;

    std::string const unit = configured.natural_units ? "" : " MeV/c";
    say(comm, fmt::format("phase-shifts: {}, {} k from {:g} to {:g}{}", configured.name, momenta.size(), momenta[0],
                          momenta[momenta.size() - 1], unit));
    Outcome outcome;
    agree(comm, [&] { outcome = solve(configured, momenta); });
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_file(comm, temporary, config.resolved(), labels, momenta, outcome);
        });
    if (!table.empty()) write_text(comm, table, table_text(labels, momenta, outcome));

    say(comm, fmt::format("a0 = {:.10g}{}, r_eff = {:.10g}{} (limit k -> 0 of k cot(delta) = -1/a0 + r_eff k^2/2)",
                          outcome.scattering.scattering_length, labels.length_unit, outcome.scattering.effective_range,
                          labels.length_unit));
    if (outcome.energies.empty()) say(comm, "no bound state");
    for (double energy : outcome.energies)
        say(comm, fmt::format("bound state: E = {:.10g}{}", energy, configured.natural_units ? "" : " MeV"));
    say(comm, fmt::format("largest change of delta on a grid twice as fine: {:.0e} rad", outcome.change_when_refined));
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
