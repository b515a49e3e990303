#include "commands/lattice_box_output.hpp"

#include "commands/command.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t box_format_version = 1;
constexpr char const* of_starts = "root mean square change of the other starts";

std::string cell(double value) { return std::isnan(value) ? "" : fmt::format("{:.12g}", value); }

std::string name_of(std::array<int, 3> const& momentum) { return fmt::format("({})", fmt::join(momentum, ", ")); }

std::string with_error(double value, double const* error, double const* starts = nullptr) {
    if (std::isnan(value)) return "none";
    std::string text = fmt::format("{:.7g}", value);
    if (error != nullptr && std::isfinite(*error))
        text += fmt::format(" +- {:.2g}{}", *error, starts != nullptr ? " (samples)" : "");
    if (starts != nullptr && std::isfinite(*starts)) text += fmt::format(" +- {:.2g} (starts)", *starts);
    return text;
}

/// A number with its error, and what other starts change, where there are such; `get` takes it from BoxNumbers.
template <class Get>
std::string with_errors(BoxResult const& result, Get const& get) {
    return with_error(get(result.numbers), result.errors != nullptr ? &get(result.errors->error) : nullptr,
                      result.starts != nullptr ? &get(*result.starts) : nullptr);
}

std::string of_state(BoxResult const& result, Eigen::ArrayXd BoxNumbers::*part, Eigen::Index n) {
    return with_errors(result, [&](BoxNumbers const& numbers) -> double const& { return (numbers.*part)[n]; });
}

void write_effective(File& file, EffectiveEnergies const& effective) {
    file.write_vector("/t", {effective.times.begin(), effective.times.end()},
                      {"a", "time slices: the effective energy is that between t and t + 1", {"t"}});
    file.write_vector("/effective_energy_MeV", {effective.energy_MeV.begin(), effective.energy_MeV.end()},
                      {"MeV", "of R summed over all sites, excited states included", {"t"}});
    file.write_vector("/effective_energy_MeV_error", {effective.error_MeV.begin(), effective.error_MeV.end()},
                      {"MeV", "its error", {"t"}});
}

void write_attributes(File& file, BoxResult const& result) {
    auto const& settings = result.settings;
    file.set_attribute("/", "L", settings.extent);
    file.set_attribute("/", "L_fm", settings.L_fm());
    file.set_attribute("/", "inverse_a_MeV", settings.inverse_a_MeV);
    file.set_attribute("/", "space_order", static_cast<std::int64_t>(settings.order));
    file.set_attribute("/", "mass1_MeV", settings.masses_MeV[0]);
    file.set_attribute("/", "mass2_MeV", settings.masses_MeV[1]);
    file.set_attribute("/", "reduced_mass_MeV", result.interaction.reduced_mass);
    file.set_attribute("/", "a0_fm", result.numbers.scattering_length_fm);
    file.set_attribute("/", "inverse_a0_per_fm", result.numbers.inverse_length_per_fm);
    file.set_attribute("/", "r_eff_fm", result.numbers.effective_range_fm);
    if (result.starts != nullptr) {
        file.set_attribute("/", "a0_fm_starts", result.starts->scattering_length_fm);
        file.set_attribute("/", "inverse_a0_per_fm_starts", result.starts->inverse_length_per_fm);
        file.set_attribute("/", "r_eff_fm_starts", result.starts->effective_range_fm);
        file.set_attribute("/", "other_starts", static_cast<std::int64_t>(result.interaction.other_starts.size()));
    }
    if (result.errors == nullptr) return;
    file.set_attribute("/", "a0_fm_error", result.errors->error.scattering_length_fm);
    file.set_attribute("/", "inverse_a0_per_fm_error", result.errors->error.inverse_length_per_fm);
    file.set_attribute("/", "r_eff_fm_error", result.errors->error.effective_range_fm);
    file.set_attribute("/", "resampling", name_of(result.interaction.resampling));
    file.set_attribute("/", "samples_left_out", static_cast<std::int64_t>(result.errors->left_out.size()));
}

}  // namespace

void write_box(Communicator const& comm, std::string const& path, std::string const& config, BoxResult const& result) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"lattice_box", box_format_version, config, 0});
    auto const column = [&](std::string const& name, Eigen::ArrayXd BoxNumbers::*part, char const* unit,
                            char const* description, char const* axis) {
        Eigen::ArrayXd const& values = result.numbers.*part;
        file.write_vector("/" + name, {values.begin(), values.end()}, {unit, description, {axis}});
        auto const beside = [&](char const* suffix, BoxNumbers const& of, char const* meaning) {
            Eigen::ArrayXd const& error = of.*part;
            file.write_vector("/" + name + suffix, {error.begin(), error.end()}, {unit, meaning, {axis}});
        };
        if (result.errors != nullptr) beside("_error", result.errors->error, "its error");
        if (result.starts != nullptr) beside("_starts", *result.starts, of_starts);
    };
    column("energy_MeV", &BoxNumbers::energy_MeV, "MeV", "energies in the box, k^2/(2 mu)", "state");
    column("k2_per_fm2", &BoxNumbers::k2_per_fm2, "1/fm^2", "k^2 of these", "state");
    column("k_cot_delta_box_per_fm", &BoxNumbers::k_cot_delta_box, "1/fm", "from these by Luescher's formula", "state");
    column("k_cot_delta_per_fm", &BoxNumbers::k_cot_delta_infinite, "1/fm", "without box; below k^2 = 0 continued",
           "state");
    column("difference_per_fm", &BoxNumbers::difference, "1/fm", "Luescher's formula less without box", "state");
    file.write_vector("/curve_k2_per_fm2", {result.curve_k2.begin(), result.curve_k2.end()},
                      {"1/fm^2", "k^2 of the curve", {"point"}});
    column("curve_k_cot_delta_per_fm", &BoxNumbers::curve, "1/fm", "without box; below k^2 = 0 continued", "point");
    RowMatrixXd momenta(static_cast<Eigen::Index>(result.settings.momenta.size()), 3);
    for (Eigen::Index p = 0; p < momenta.rows(); ++p)
        for (Eigen::Index i = 0; i < 3; ++i)
            momenta(p, i) = result.settings.momenta[static_cast<std::size_t>(p)][static_cast<std::size_t>(i)];
    file.write_all("/momenta", momenta, Precision::float64, {"2 pi/L", "total momenta P", {"momentum", "xyz"}});
    RowMatrixXd const levels = result.numbers.levels_MeV.transpose();
    file.write_all("/levels_MeV", levels, Precision::float64,
                   {"MeV", "k^2/(2 mu) of the levels that k cot(delta) predicts; NaN: none", {"momentum", "level"}});
    if (result.starts != nullptr) {
        RowMatrixXd const starts = result.starts->levels_MeV.transpose();
        file.write_all("/levels_MeV_starts", starts, Precision::float64, {"MeV", of_starts, {"momentum", "level"}});
    }
    if (result.errors != nullptr) {
        RowMatrixXd const error = result.errors->error.levels_MeV.transpose();
        file.write_all("/levels_MeV_error", error, Precision::float64, {"MeV", "its error", {"momentum", "level"}});
        auto const& errors = *result.errors;
        auto const count = static_cast<std::int64_t>(errors.samples.size());
        Eigen::Index const n = result.settings.states;
        auto const part = [&](char const* name, Eigen::Index begin, char const* unit) {
            file.create_dataset(name, {count, n}, Precision::float64,
                                {unit, "of each sample that converged", {"sample", "state"}});
            file.write_rows(name, errors.own, errors.rows.middleCols(begin, n));
        };
        part("/samples/energy_MeV", 0, "MeV");
        part("/samples/k_cot_delta_box_per_fm", n, "1/fm");
    }
    if (result.effective != nullptr) write_effective(file, *result.effective);
    write_attributes(file, result);
    file.close();
}

std::string box_table(BoxResult const& result) {
    auto const& numbers = result.numbers;
    BoxNumbers const* const error = result.errors != nullptr ? &result.errors->error : nullptr;
    BoxNumbers const* const starts = result.starts;
    std::string text =
        "kind,P_x,P_y,P_z,state,t,E_MeV,E_MeV_error,k2_per_fm2,k_cot_delta_box_per_fm,k_cot_delta_box_per_fm_error,"
        "k_cot_delta_per_fm,k_cot_delta_per_fm_error,difference_per_fm,difference_per_fm_error";
    if (starts != nullptr)
        text += ",E_MeV_starts,k_cot_delta_box_per_fm_starts,k_cot_delta_per_fm_starts,difference_per_fm_starts";
    text += "\n";
    for (Eigen::Index n = 0; n < result.settings.states; ++n) {
        auto const both = [&](Eigen::ArrayXd BoxNumbers::*part) {
            return cell((numbers.*part)[n]) + "," + (error != nullptr ? cell((error->*part)[n]) : "");
        };
        text += fmt::format("box,0,0,0,{},,{},{},{},{},{}", n, both(&BoxNumbers::energy_MeV),
                            cell(numbers.k2_per_fm2[n]), both(&BoxNumbers::k_cot_delta_box),
                            both(&BoxNumbers::k_cot_delta_infinite), both(&BoxNumbers::difference));
        if (starts != nullptr)
            text += fmt::format(",{},{},{},{}", cell(starts->energy_MeV[n]), cell(starts->k_cot_delta_box[n]),
                                cell(starts->k_cot_delta_infinite[n]), cell(starts->difference[n]));
        text += "\n";
    }
    for (Eigen::Index p = 0; p < numbers.levels_MeV.cols(); ++p)
        for (Eigen::Index n = 0; n < numbers.levels_MeV.rows(); ++n) {
            text += fmt::format("predicted,{},{},,{},{},{},,,,,,",
                                fmt::join(result.settings.momenta[static_cast<std::size_t>(p)], ","), n,
                                cell(numbers.levels_MeV(n, p)), error != nullptr ? cell(error->levels_MeV(n, p)) : "",
                                cell(numbers.levels_MeV(n, p) * result.interaction.two_mu()));
            text += starts != nullptr ? fmt::format(",{},,,\n", cell(starts->levels_MeV(n, p))) : "\n";
        }
    if (result.effective != nullptr)
        for (std::size_t i = 0; i < result.effective->times.size(); ++i)
            text += fmt::format("effective,0,0,0,,{},{},{},,,,,,,{}\n", result.effective->times[i],
                                cell(result.effective->energy_MeV[static_cast<Eigen::Index>(i)]),
                                cell(result.effective->error_MeV[static_cast<Eigen::Index>(i)]),
                                starts != nullptr ? ",,,," : "");
    return text;
}

void say_box(Communicator const& comm, BoxResult const& result) {
    auto const& numbers = result.numbers;
    BoxErrors const* const errors = result.errors;
    say(comm, "k cot(delta) of each state by Luescher's formula, without box, and their difference:");
    for (Eigen::Index n = 0; n < result.settings.states; ++n)
        say(comm, fmt::format("  E = {} MeV, k^2 = {:.5g}/fm^2: {}, {}{}, {} /fm",
                              of_state(result, &BoxNumbers::energy_MeV, n), numbers.k2_per_fm2[n],
                              of_state(result, &BoxNumbers::k_cot_delta_box, n),
                              of_state(result, &BoxNumbers::k_cot_delta_infinite, n),
                              numbers.k2_per_fm2[n] <= 0.0 ? " (continued)" : "",
                              of_state(result, &BoxNumbers::difference, n)));
    auto const number = [&](double BoxNumbers::*member) {
        return with_errors(result, [member](BoxNumbers const& n) -> double const& { return n.*member; });
    };
    say(comm, fmt::format("a0 = {} fm, 1/a0 = {} /fm, r_eff = {} fm", number(&BoxNumbers::scattering_length_fm),
                          number(&BoxNumbers::inverse_length_per_fm), number(&BoxNumbers::effective_range_fm)));
    say(comm, "levels that k cot(delta) without box predicts, k^2/(2 mu) in MeV, P in 2 pi/L:");
    for (Eigen::Index p = 0; p < numbers.levels_MeV.cols(); ++p) {
        std::vector<std::string> levels;
        for (Eigen::Index n = 0; n < numbers.levels_MeV.rows(); ++n)
            levels.push_back(
                with_errors(result, [&](BoxNumbers const& of) -> double const& { return of.levels_MeV(n, p); }));
        say(comm, fmt::format("  P = {}: {}", name_of(result.settings.momenta[static_cast<std::size_t>(p)]),
                              fmt::join(levels, ", ")));
    }
    if (errors != nullptr)
        say(comm,
            fmt::format("errors: {} of {} samples", name_of(result.interaction.resampling), errors->samples.size()));
    if (result.starts != nullptr)
        say(comm, fmt::format("(starts): root mean square change of {} other starts of the fit (fit.seed)",
                              result.interaction.other_starts.size()));
    if (errors != nullptr && !errors->left_out.empty())
        say(comm,
            fmt::format("left out, as their fits did not converge: samples {}", fmt::join(errors->left_out, ", ")));
    if (result.effective == nullptr) return;
    say(comm, "effective energies of R summed over all sites, excited states included, beside the lowest level:");
    for (std::size_t i = 0; i < result.effective->times.size(); ++i) {
        auto const at = static_cast<Eigen::Index>(i);
        say(comm, fmt::format("  t = {}: {} MeV, lowest level {:.7g} MeV", result.effective->times[i],
                              with_error(result.effective->energy_MeV[at], &result.effective->error_MeV[at]),
                              numbers.energy_MeV[0]));
    }
}

}  // namespace hadronforce
