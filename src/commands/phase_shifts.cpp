#include "commands/command.hpp"
#include "commands/interaction_config.hpp"
#include "commands/output.hpp"
#include "commands/physics_config.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hadronforce {
namespace {

constexpr std::int64_t phase_shifts_format_version = 1;
constexpr int charged_levels = 3;  ///< among which bound states are looked for where charges attract

/// Names and units as they appear in tables, files and messages.
struct Labels {
    char const* k;
    char const* momentum_unit;
    char const* k_cot_delta;
    char const* expanded;  ///< what is -1/a0 + r_eff k^2/2
    char const* inverse_length_unit;
    char const* length_suffix;
    char const* length_unit;
    char const* length_unit_name;
    char const* bound_states;
    char const* energy_unit;
};
constexpr Labels physical{"k_star_MeV", "MeV/c", "k_cot_delta_per_fm", "k cot(delta)", "1/fm", "_fm",
                          " fm",        "fm",    "bound_states_MeV",   "MeV"};
constexpr Labels charged{"k_star_MeV",
                         "MeV/c",
                         "range_function_per_fm",
                         "C_0^2 k cot(delta) + 2 k eta h(eta)",
                         "1/fm",
                         "_fm",
                         " fm",
                         "fm",
                         "bound_states_MeV",
                         "MeV"};
constexpr Labels natural{"k", "1", "k_cot_delta", "k cot(delta)", "1", "", "", "1", "bound_states", "1"};

struct Outcome {
    NonlocalScattering scattering;
    Eigen::ArrayXd k_cot_delta;
    std::vector<double> energies;
    double limit = 0.0;  ///< above this energy charges bind without end
};

/// Of delta, on panels half as long.
double change_when_refined(ConfiguredInteraction const& configured, Eigen::ArrayXd const& momenta,
                           Outcome const& outcome) {
    Eigen::ArrayXd const k = momenta * configured.wave_number_of(1.0);
    NonlocalSolver const solver(configured.interaction(), k[k.size() - 1], configured.tolerance);
    return (solver.refined().scatter(k).delta_rad - outcome.scattering.delta_rad).abs().maxCoeff();
}

Outcome solve(ConfiguredInteraction const& configured, Interaction const& interaction, Eigen::ArrayXd const& momenta) {
    Eigen::ArrayXd const k = momenta * configured.wave_number_of(1.0);
    NonlocalSolver const solver(interaction, k[k.size() - 1], configured.tolerance);
    Outcome outcome{solver.scatter(k), {}, {}, 0.0};
    outcome.k_cot_delta = outcome.scattering.k_cot_delta;
    for (double kappa : solver.binding_momenta(charged_levels))
        outcome.energies.push_back(-kappa * kappa / configured.two_mu());
    outcome.limit = -std::pow(solver.least_binding_momentum(charged_levels), 2) / configured.two_mu();
    return outcome;
}

/// The same of each resampling sample, and the errors that follow. Quantities of a row: delta, k cot(delta), a0, r_eff,
/// then the bound states where all samples have as many as the mean.
struct Spread {
    std::int64_t samples = 0;             ///< that converged
    std::vector<std::int64_t> left_out;   ///< that did not
    std::int64_t other_bound_states = 0;  ///< samples with another number of bound states than the mean
    IndexRange own;                       ///< rows of this rank, among those that converged
    RowMatrixXd rows;
    Eigen::RowVectorXd error;
};

Eigen::RowVectorXd row_of(Outcome const& outcome, std::size_t bound_states) {
    Eigen::Index const k = outcome.k_cot_delta.size();
    Eigen::RowVectorXd row(2 * k + 2 + static_cast<Eigen::Index>(bound_states));
    row.head(k) = outcome.scattering.delta_rad.matrix().transpose();
    row.segment(k, k) = outcome.k_cot_delta.matrix().transpose();
    row[2 * k] = outcome.scattering.scattering_length;
    row[2 * k + 1] = outcome.scattering.effective_range;
    for (std::size_t i = 0; i < bound_states; ++i)
        row[2 * k + 2 + static_cast<Eigen::Index>(i)] =
            i < outcome.energies.size() ? outcome.energies[i] : std::nan("");
    return row;
}

/// Collective: each rank solves its share of the samples.
Spread solve_samples(Communicator const& comm, ConfiguredInteraction const& configured, Eigen::ArrayXd const& momenta,
                     Outcome const& mean) {
    Spread spread;
    std::vector<std::size_t> kept;
    for (std::size_t s = 0; s < configured.nonlocal_samples.size(); ++s) {
        if (configured.nonlocal_samples[s])
            kept.push_back(s);
        else
            spread.left_out.push_back(static_cast<std::int64_t>(s));
    }
    spread.samples = static_cast<std::int64_t>(kept.size());
    spread.own = share_of(spread.samples, comm.rank(), comm.size());
    std::vector<Outcome> own;
    agree(comm, [&] {
        for (auto s = spread.own.begin; s < spread.own.end; ++s)
            own.push_back(
                solve(configured, configured.interaction_of_sample(kept[static_cast<std::size_t>(s)]), momenta));
    });
    std::int64_t others = 0;
    for (auto const& outcome : own) others += std::int64_t{outcome.energies.size() != mean.energies.size()};
    spread.other_bound_states = comm.sum(others);
    std::size_t const bound_states = spread.other_bound_states == 0 ? mean.energies.size() : 0;
    spread.rows.resize(spread.own.size(), row_of(mean, bound_states).size());
    for (std::size_t s = 0; s < own.size(); ++s)
        spread.rows.row(static_cast<Eigen::Index>(s)) = row_of(own[s], bound_states);
    spread.error = mean_and_error(comm, configured.resampling, spread.samples, spread.rows).error;
    return spread;
}

void write_file(Communicator const& comm, std::string const& path, std::string const& config, Labels const& labels,
                Eigen::ArrayXd const& momenta, Outcome const& outcome, Spread const* spread, char const* resampling) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"phase_shifts", phase_shifts_format_version, config, 0});
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description, char const* axis = "k") {
        file.write_vector("/" + name, {values.begin(), values.end()}, {unit, description, {axis}});
    };
    std::string const length = labels.length_suffix;
    column(labels.k, momenta, labels.momentum_unit, "relative momentum");
    column("delta_rad", outcome.scattering.delta_rad, "rad", "s-wave phase shift");
    column(labels.k_cot_delta, outcome.k_cot_delta, labels.inverse_length_unit, labels.expanded);
    file.write_vector("/" + std::string(labels.bound_states), outcome.energies,
                      {labels.energy_unit, "energies of the s-wave bound states", {"state"}});
    file.set_attribute("/", "a0" + length, outcome.scattering.scattering_length);
    file.set_attribute("/", "r_eff" + length, outcome.scattering.effective_range);
    if (spread != nullptr) {
        Eigen::Index const n = momenta.size(), states = spread->error.size() - 2 * n - 2;
        auto const error = spread->error.transpose().array();
        column("delta_rad_error", error.head(n), "rad", "its error");
        column(labels.k_cot_delta + std::string("_error"), error.segment(n, n), labels.inverse_length_unit,
               "its error");
        if (states > 0)
            column(labels.bound_states + std::string("_error"), error.tail(states), labels.energy_unit, "its error",
                   "state");
        file.set_attribute("/", "a0" + length + "_error", error[2 * n]);
        file.set_attribute("/", "r_eff" + length + "_error", error[2 * n + 1]);
        file.set_attribute("/", "resampling", resampling);
        file.set_attribute("/", "samples_left_out", static_cast<std::int64_t>(spread->left_out.size()));
        auto const part = [&](std::string const& name, Eigen::Index begin, Eigen::Index size, std::string const& unit,
                              std::string const& description, char const* axis) {
            file.create_dataset("/samples/" + name, {spread->samples, size}, Precision::float64,
                                {unit, description, {"sample", axis}});
            file.write_rows("/samples/" + name, spread->own, spread->rows.middleCols(begin, size));
        };
        part("delta_rad", 0, n, "rad", "of each sample that converged", "k");
        part(labels.k_cot_delta, n, n, labels.inverse_length_unit, "of each sample that converged", "k");
        part("a0_r_eff", 2 * n, 2, labels.length_unit_name, "scattering length, effective range", "column");
        if (states > 0) part(labels.bound_states, 2 * n + 2, states, labels.energy_unit, "of each sample", "state");
    }
    file.close();
}

std::string table_text(Labels const& labels, Eigen::ArrayXd const& momenta, Outcome const& outcome,
                       Spread const* spread) {
    std::string text = fmt::format("{},delta_rad,{}", labels.k, labels.k_cot_delta);
    text += spread != nullptr ? fmt::format(",delta_rad_error,{}_error\n", labels.k_cot_delta) : "\n";
    for (Eigen::Index j = 0; j < momenta.size(); ++j) {
        text +=
            fmt::format("{:.15g},{:.15g},{:.15g}", momenta[j], outcome.scattering.delta_rad[j], outcome.k_cot_delta[j]);
        if (spread != nullptr)
            text += fmt::format(",{:.6g},{:.6g}", spread->error[j], spread->error[momenta.size() + j]);
        text += "\n";
    }
    return text;
}

void say_results(Communicator const& comm, ConfiguredInteraction const& configured, Labels const& labels,
                 Outcome const& outcome, Spread const* spread) {
    Eigen::Index const n = 2 * outcome.k_cot_delta.size();
    auto const error = [&](Eigen::Index i) {
        return spread != nullptr && i < spread->error.size() ? fmt::format(" +- {:.3g}", spread->error[i]) : "";
    };
    say(comm, fmt::format("a0 = {:.10g}{}{}, r_eff = {:.10g}{}{} (limit k -> 0 of {} = -1/a0 + r_eff k^2/2)",
                          outcome.scattering.scattering_length, error(n), labels.length_unit,
                          outcome.scattering.effective_range, error(n + 1), labels.length_unit, labels.expanded));
    if (outcome.energies.empty()) say(comm, "no bound state");
    for (std::size_t i = 0; i < outcome.energies.size(); ++i)
        say(comm, fmt::format("bound state: E = {:.10g}{}{}", outcome.energies[i],
                              error(n + 2 + static_cast<Eigen::Index>(i)), configured.natural_units ? "" : " MeV"));
    if (outcome.limit < 0.0) say(comm, fmt::format("the charges bind without end above {:.4g} MeV", outcome.limit));
    if (spread == nullptr) return;
    say(comm, fmt::format("errors: {} of {} samples", name_of(configured.resampling), spread->samples));
    if (!spread->left_out.empty())
        say(comm,
            fmt::format("left out, as their fits did not converge: samples {}", fmt::join(spread->left_out, ", ")));
    if (spread->other_bound_states > 0)
        say(comm, fmt::format("{} samples have another number of bound states; these get no error",
                              spread->other_bound_states));
}

}  // namespace

void run_phase_shifts(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    ConfiguredInteraction const configured = read_interaction(root, comm);
    Labels const& labels = configured.natural_units ? natural : configured.charge_product != 0 ? charged : physical;
    Eigen::ArrayXd const momenta = read_momenta(root, configured.natural_units ? "" : "_MeV");
    Section const output = root.section("output");
    auto const table = output.optional_output("table", OutputKind::text);
    auto const path = output.optional_output("file", OutputKind::hdf5);
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    auto const& of_samples = configured.nonlocal_samples;
    auto const not_converged = std::count(of_samples.begin(), of_samples.end(), nullptr);
    if (auto const kept = static_cast<std::ptrdiff_t>(of_samples.size()) - not_converged;
        !of_samples.empty() && kept < 2)
        root.section("interaction")
            .fail("file", fmt::format("has {} samples of which {} converged; errors need two, fit with more steps",
                                      of_samples.size(), kept));
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    std::string const unit = configured.natural_units ? "" : " MeV/c";
    say(comm, fmt::format("phase-shifts: {}, {} k from {:g} to {:g}{}", configured.name, momenta.size(), momenta[0],
                          momenta[momenta.size() - 1], unit));
    Outcome outcome;
    double change = 0.0;
    agree(comm, [&] {
        solve_pair(root, [&] {
            outcome = solve(configured, configured.interaction(), momenta);
            change = change_when_refined(configured, momenta, outcome);
        });
    });
    std::optional<Spread> with_errors;
    if (!configured.nonlocal_samples.empty()) with_errors = solve_samples(comm, configured, momenta, outcome);
    Spread const* const spread = with_errors ? &*with_errors : nullptr;
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_file(comm, temporary, config.resolved(), labels, momenta, outcome, spread,
                       name_of(configured.resampling).c_str());
        });
    if (!table.empty()) write_text(comm, table, table_text(labels, momenta, outcome, spread));

    say_results(comm, configured, labels, outcome, spread);
    say(comm, fmt::format("largest change of delta on a grid twice as fine: {:.0e} rad", change));
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
