#include "commands/phase_shift_output.hpp"

#include "commands/command.hpp"
#include "hadronforce/report/table.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t phase_shifts_format_version = 1;

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

Labels const& labels_of(ConfiguredInteraction const& configured) {
    return configured.natural_units ? natural : configured.charge_product != 0 ? charged : physical;
}

/// One value a momentum; in the CSV all but errors of what stands there without them.
Table table_of(Labels const& labels, PhaseShifts const& shifts) {
    Eigen::Index const n = shifts.momenta.size();
    std::string const k_cot_delta = labels.k_cot_delta;
    constexpr int exact = 15, rounded = 6;
    Table table("k");
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description, int digits) {
        table.add({name, values, unit, description, "/" + name, digits});
    };
    column(labels.k, shifts.momenta, labels.momentum_unit, "relative momentum", exact);
    column("delta_rad", shifts.mean.scattering.delta_rad, "rad", "s-wave phase shift", exact);
    column(k_cot_delta, shifts.mean.scattering.k_cot_delta, labels.inverse_length_unit, labels.expanded, exact);
    if (shifts.spread) {
        auto const error = shifts.spread->error.transpose().array();
        column("delta_rad_error", error.head(n), "rad", "its error from the samples", rounded);
        column(k_cot_delta + "_error", error.segment(n, n), labels.inverse_length_unit, "its error from the samples",
               rounded);
    }
    if (shifts.other_starts > 0)
        column("delta_rad_starts", shifts.of_starts.transpose().array().head(n), "rad",
               "root mean square change of the other starts", rounded);
    if (shifts.seen)
        column("delta_seen_rad", shifts.seen->scattering.delta_rad, "rad",
               "phase shift without what no wave of the fit has seen of its kernel", exact);
    if (!shifts.comparison) return table;
    auto const& comparison = *shifts.comparison;
    column("delta_V_eff_rad", comparison.effective.scattering.delta_rad, "rad",
           "phase shift of V_eff, a local potential", exact);
    column("delta_minus_V_eff_rad", comparison.difference_rad, "rad", "delta_rad minus that of V_eff, modulo pi",
           rounded);
    if (comparison.error_rad.size() > 0)
        table.add({"", comparison.error_rad, "rad", "its error from the samples", "/delta_minus_V_eff_rad_error"});
    Eigen::ArrayXd agree = Eigen::ArrayXd::Zero(n);
    agree.head(comparison.agree) = 1.0;
    table.add({"agree", agree, "1", ""});
    return table;
}

void write_states(File& file, std::string const& name, Eigen::ArrayXd const& values, Labels const& labels,
                  char const* description) {
    file.write_vector("/" + name, {values.begin(), values.end()}, {labels.energy_unit, description, {"state"}});
}

void write_spread(File& file, Labels const& labels, Spread const& spread, Eigen::Index n) {
    Eigen::Index const states = spread.bound_states(n);
    std::string const length = labels.length_suffix;
    bool const natural_units = length.empty();
    auto const error = spread.error.transpose().array();
    if (states > 0)
        write_states(file, labels.bound_states + std::string("_error"), error.tail(states), labels,
                     "its error from the samples");
    file.set_attribute("/", "a0" + length + "_error", error[2 * n]);
    file.set_attribute("/", "r_eff" + length + "_error", error[2 * n + 1]);
    file.set_attribute("/", natural_units ? "inverse_a0_error" : "inverse_a0_per_fm_error",
                       spread.inverse_length_error);
    file.set_attribute("/", "samples_left_out", static_cast<std::int64_t>(spread.left_out.size()));
    auto const part = [&](std::string const& name, Eigen::Index begin, Eigen::Index size, std::string const& unit,
                          std::string const& description, char const* axis) {
        file.create_dataset("/samples/" + name, {spread.samples, size}, Precision::float64,
                            {unit, description, {"sample", axis}});
        file.write_rows("/samples/" + name, spread.own, spread.rows.middleCols(begin, size));
    };
    part("delta_rad", 0, n, "rad", "of each sample that converged", "k");
    part(labels.k_cot_delta, n, n, labels.inverse_length_unit, "of each sample that converged", "k");
    part("a0_r_eff", 2 * n, 2, labels.length_unit_name, "scattering length, effective range", "column");
    if (states > 0) part(labels.bound_states, 2 * n + 2, states, labels.energy_unit, "of each sample", "state");
}

void write_starts(File& file, Labels const& labels, PhaseShifts const& shifts) {
    Eigen::Index const n = shifts.momenta.size(), states = shifts.of_starts.size() - 2 * n - 2;
    std::string const length = labels.length_suffix;
    auto const error = shifts.of_starts.transpose().array();
    if (states > 0 && error.tail(states).isFinite().all())
        write_states(file, labels.bound_states + std::string("_starts"), error.tail(states), labels,
                     "root mean square change of the other starts");
    file.set_attribute("/", "a0" + length + "_starts", error[2 * n]);
    file.set_attribute("/", "r_eff" + length + "_starts", error[2 * n + 1]);
    file.set_attribute("/", "other_starts", shifts.other_starts);
}

void write_comparison(File& file, Labels const& labels, Comparison const& comparison) {
    std::string const length = labels.length_suffix;
    auto const& effective = comparison.effective;
    file.write_vector("/" + std::string(labels.bound_states) + "_V_eff", effective.energies,
                      {labels.energy_unit, "energies of the bound states of V_eff", {"state"}});
    file.set_attribute("/", "a0" + length + "_V_eff", effective.scattering.scattering_length);
    file.set_attribute("/", "r_eff" + length + "_V_eff", effective.scattering.effective_range);
    file.set_attribute("/", "momenta_that_agree", static_cast<std::int64_t>(comparison.agree));
}

void write_seen(File& file, Labels const& labels, Outcome const& seen) {
    std::string const length = labels.length_suffix;
    file.set_attribute("/", "a0" + length + "_seen", seen.scattering.scattering_length);
    file.set_attribute("/", "r_eff" + length + "_seen", seen.scattering.effective_range);
}

std::string with_errors(PhaseShifts const& shifts, Eigen::Index place) {
    std::string text;
    bool const has_starts = place < shifts.of_starts.size();
    if (shifts.spread && place < shifts.spread->error.size())
        text += fmt::format(" +- {:.3g}{}", shifts.spread->error[place], has_starts ? " (samples)" : "");
    if (has_starts) text += fmt::format(" +- {:.2g} (starts)", shifts.of_starts[place]);
    return text;
}

void say_seen(Communicator const& comm, Labels const& labels, PhaseShifts const& shifts) {
    auto const& seen = shifts.seen->scattering;
    auto const change = (shifts.mean.scattering.delta_rad - seen.delta_rad).unaryExpr([](double x) {
        return std::abs(std::remainder(x, units::pi));
    });
    Eigen::Index largest = 0;
    double const most = change.maxCoeff(&largest);
    say(comm,
        fmt::format("without what no wave of the fit has seen of the kernel: a0 = {:.7g}{}, r_eff = {:.7g}{}; delta "
                    "moves by at most {:.3g} rad, at {} = {:.6g}",
                    seen.scattering_length, labels.length_unit, seen.effective_range, labels.length_unit, most,
                    labels.k, shifts.momenta[largest]));
}

void say_comparison(Communicator const& comm, Labels const& labels, PhaseShifts const& shifts) {
    auto const& comparison = *shifts.comparison;
    auto const& effective = comparison.effective;
    say(comm,
        fmt::format("V_eff, what the kernel does to the waves of the fit: a0 = {:.7g}{}, r_eff = {:.7g}{}{}",
                    effective.scattering.scattering_length, labels.length_unit, effective.scattering.effective_range,
                    labels.length_unit,
                    effective.energies.empty()
                        ? ""
                        : fmt::format(", E = {:.7g} {}", fmt::join(effective.energies, ", "), labels.energy_unit)));
    auto const n = shifts.momenta.size();
    if (!comparison.is_judged)
        say(comm,
            fmt::format("kernel and V_eff differ by at most {:.3g} rad; without samples nothing says whether that "
                        "is much",
                        comparison.difference_rad.abs().maxCoeff()));
    else if (comparison.agree == n)
        say(comm, "kernel and V_eff agree within errors at all momenta");
    else if (comparison.agree == 0)
        say(comm, fmt::format("NOT DETERMINED by the data: kernel and V_eff differ by more than the error from the "
                              "lowest momentum on ({:.3g} rad there); quote neither without the difference",
                              std::abs(comparison.difference_rad[0])));
    else
        say(comm, fmt::format("kernel and V_eff agree within errors up to {} = {:.6g}; beyond, what is predicted is "
                              "the kernel's extrapolation",
                              labels.k, shifts.momenta[comparison.agree - 1]));
}

}  // namespace

void write_phase_shifts(Communicator const& comm, std::string const& path, std::string const& config,
                        ConfiguredInteraction const& configured, PhaseShifts const& shifts) {
    Labels const& labels = labels_of(configured);
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"phase_shifts", phase_shifts_format_version, config, 0});
    table_of(labels, shifts).write(file);
    auto const& scattering = shifts.mean.scattering;
    std::string const length = labels.length_suffix;
    file.write_vector("/" + std::string(labels.bound_states), shifts.mean.energies,
                      {labels.energy_unit, "energies of the s-wave bound states", {"state"}});
    file.set_attribute("/", "a0" + length, scattering.scattering_length);
    file.set_attribute("/", "r_eff" + length, scattering.effective_range);
    if (shifts.spread) {
        file.set_attribute("/", "resampling", name_of(configured.resampling));
        write_spread(file, labels, *shifts.spread, shifts.momenta.size());
    }
    if (shifts.other_starts > 0) write_starts(file, labels, shifts);
    if (shifts.seen) write_seen(file, labels, *shifts.seen);
    if (shifts.comparison) write_comparison(file, labels, *shifts.comparison);
    file.close();
}

std::string phase_shift_table(ConfiguredInteraction const& configured, PhaseShifts const& shifts) {
    return table_of(labels_of(configured), shifts).csv();
}

void say_phase_shifts(Communicator const& comm, ConfiguredInteraction const& configured, PhaseShifts const& shifts) {
    Labels const& labels = labels_of(configured);
    Eigen::Index const n = 2 * shifts.momenta.size();
    auto const& scattering = shifts.mean.scattering;
    auto const& energies = shifts.mean.energies;
    say(comm, fmt::format("a0 = {:.10g}{}{}, r_eff = {:.10g}{}{} (limit k -> 0 of {} = -1/a0 + r_eff k^2/2)",
                          scattering.scattering_length, with_errors(shifts, n), labels.length_unit,
                          scattering.effective_range, with_errors(shifts, n + 1), labels.length_unit, labels.expanded));
    if (energies.empty()) say(comm, "no bound state");
    for (std::size_t i = 0; i < energies.size(); ++i)
        say(comm, fmt::format("bound state: E = {:.10g}{}{}", energies[i],
                              with_errors(shifts, n + 2 + static_cast<Eigen::Index>(i)),
                              configured.natural_units ? "" : " MeV"));
    if (shifts.mean.limit < 0.0)
        say(comm, fmt::format("the charges bind without end above {:.4g} MeV", shifts.mean.limit));
    if (shifts.seen) say_seen(comm, labels, shifts);
    if (shifts.comparison) say_comparison(comm, labels, shifts);
    if (shifts.spread) {
        auto const& spread = *shifts.spread;
        if (spread.through_pole)
            say(comm, fmt::format("a0 has a pole within two of its errors, so that they mean nothing: 1/a0 = {:.4g} +- "
                                  "{:.2g}{}{}",
                                  1.0 / scattering.scattering_length, spread.inverse_length_error,
                                  configured.natural_units ? "" : " ",
                                  configured.natural_units ? "" : labels.inverse_length_unit));
        say(comm, fmt::format("errors: {} of {} samples", name_of(configured.resampling), spread.samples));
        if (!spread.left_out.empty())
            say(comm,
                fmt::format("left out, as their fits did not converge: samples {}", fmt::join(spread.left_out, ", ")));
        if (spread.other_bound_states > 0)
            say(comm, fmt::format("{} sample{} another number of bound states{}", spread.other_bound_states,
                                  spread.other_bound_states == 1 ? " has" : "s have",
                                  energies.empty() ? " than none" : "; these get no error"));
    }
    if (shifts.spread && shifts.other_starts > 0 && shifts.of_starts[n] > 0.1 * shifts.spread->error[n])
        say(comm, fmt::format("the start of the fit (fit.seed) moves a0 by {:.2g} of its error from samples",
                              shifts.of_starts[n] / shifts.spread->error[n]));
}

}  // namespace hadronforce
