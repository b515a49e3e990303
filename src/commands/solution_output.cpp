#include "commands/solution.hpp"

#include "commands/potential_radii.hpp"
#include "hadronforce/report/hepdata_table.hpp"
#include "hadronforce/report/table.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t solution_format_version = 1;

std::vector<double> list_of(Eigen::ArrayXd const& values) { return {values.begin(), values.end()}; }

/// The datasets of one wave, under `folder` ("" or "/waves/2").
void write_wave(File& file, std::string const& folder, Solution const& solution, WaveOfPair const& wave,
                BoundStates const& states) {
    std::string const delta = folder + "/delta_rad";
    file.write_vector(
        delta, list_of(solution.phase_rad(wave)),
        {"rad", wave.kind.charge_product == 0 ? "phase shift" : "phase shift beside the Coulomb wave's", {"k_star"}});
    file.set_attribute(delta, "channel", wave.channel);
    file.set_attribute(delta, "weight", wave.weight);
    file.set_attribute(delta, "symmetry", symmetry_name(wave.exchange));
    if (auto const name = name_of(wave); !name.empty()) file.set_attribute(delta, "name", name);
    file.set_attribute(delta, "l", std::int64_t{wave.kind.l});
    file.set_attribute(delta, "interaction", wave.interaction);
    if (solution.has_threshold_parameters(wave)) {
        std::string const object = folder.empty() ? "/" : delta;
        for (char const* name : {"a0_fm", "r_eff_fm"}) file.set_attribute(object, name, *solution.number(wave, name));
    }
    std::string const energies = folder + "/bound_states_MeV";
    file.write_vector(
        energies, states.energies_MeV,
        {"MeV", "energies of the bound states below limit_MeV; none where they are only counted", {"state"}});
    file.set_attribute(energies, "limit_MeV", states.limit_MeV);
    if (states.count) file.set_attribute(energies, "count", std::int64_t{*states.count});
    if (!wave.local) return;
    Eigen::ArrayXd const r = potential_radii_fm();
    Eigen::ArrayXd v(r.size());
    wave.local->fill_MeV(r, v);
    file.write_vector(folder + "/potential/r_fm", list_of(r), {"fm", "radius", {"r"}});
    file.write_vector(folder + "/potential/V_MeV", list_of(v), {"MeV", "local potential V(r)", {"r"}});
}

/// "key = value", a line each; of a long list its length.
std::vector<std::string> parameter_lines(PotentialParameters const& parameters) {
    std::vector<std::string> lines;
    for (auto const& [key, values] : parameters)
        lines.push_back(values.size() > 8 ? fmt::format("{}: {} numbers", key, values.size())
                                          : fmt::format("{} = {}", key, fmt::join(values, ", ")));
    return lines;
}

std::string contribution_text(CoupledChannelOfPair const& channel) {
    return fmt::format(
        "{} is what pairs produced as {} add to C{}", channel.contribution, channel.name,
        channel.share == 1.0 ? "" : fmt::format(" of their spin state, whose share is {:.6g}", channel.share));
}

/// The source of all pairs; of coupled channels with one each the same, none where they differ.
std::optional<ModelForm> source_of(PairKind const& kind, Eigen::VectorXd const& numbers) {
    if (auto const* const source = kind.source()) return *source;
    std::optional<ModelForm> first;
    bool same = true;
    kind.for_each_source([&](ModelForm const& source) {
        if (!first) first = source;
        same = same && source.form == first->form && source.at(numbers) == first->at(numbers);
    });
    return same ? first : std::nullopt;
}

/// The columns; CSV and file call them by their own names.
Table table_of(Solution const& solution) {
    auto const& pair = solution.pair;
    auto const& kind = *pair.model.kind;
    auto const& waves = solution.waves;
    bool const several = solution.has_several_parts();
    Table table("k_star");
    table.add({"k_star_MeV", pair.k_star_MeV, "MeV/c", "relative momentum k*", "/k_star_MeV"});
    table.add({"C", solution.solved.correlation, "1", "C(k*) of the full solution", "/correlation"});
    if (solution.measured) {
        table.add({"", pair.k_low_MeV, "MeV/c", "lower edge of the bin", "/k_low_MeV"});
        table.add({"", pair.k_high_MeV, "MeV/c", "upper edge of the bin", "/k_high_MeV"});
        table.add({"C_measured", *solution.measured, "1", "C as a detector sees it, in the bins", "/measured"});
    }
    if (solution.lednicky)
        table.add({"C_LL", *solution.lednicky, "1", "C(k*) of the Lednicky-Lyuboshits model with a0 and r_eff",
                   "/lednicky_lyuboshits"});
    for (std::size_t i = 0; i < waves.size(); ++i)  // in the file with all else of the wave
        table.add({several ? fmt::format("delta_{}_rad", i) : "delta_rad", solution.phase_rad(waves[i]), "rad", ""});
    for (auto const i : solution.further_curves()) {
        auto const& curve = solution.quantities.curves[i];
        table.add({curve.name, solution.solved.curves[i], curve.unit, curve.description, "/" + curve.name});
    }
    std::string title = pair.model.name + ", " + kind.interaction_name();
    if (auto const source = source_of(kind, pair.numbers)) {
        title += fmt::format(", {} source", source->form);
        for (auto const& [key, values] : source->at(pair.numbers))
            title += values.size() == 1 ? fmt::format(", {} = {}", key, values.front())
                                        : fmt::format(", {}: {} numbers", key, values.size());
    }
    table.comment(title);
    if (kind.charge_product() != 0) table.comment(fmt::format("charge_product = {}", kind.charge_product()));
    for (auto const& channel : solution.coupled) table.comment(contribution_text(channel));
    for (std::size_t i = 0; i < waves.size(); ++i) {
        if (several) table.comment(fmt::format("delta_{}_rad: {}", i, describe(waves[i])));
        for (auto const& line : parameter_lines(waves[i].parameters)) table.comment(line);
    }
    return table;
}

}  // namespace

void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    Solution const& solution) {
    auto const& pair = solution.pair;
    auto const& kind = *pair.model.kind;
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"solution", solution_format_version, config, 0});
    table_of(solution).write(file);
    for (std::size_t i = 0; i < solution.waves.size(); ++i)
        write_wave(file, solution.has_several_parts() ? fmt::format("/waves/{}", i) : "", solution, solution.waves[i],
                   solution.bound_states[i]);
    for (auto const& channel : solution.coupled) {
        std::string const part = "/" + channel.contribution;
        file.set_attribute(part, "channel", channel.name);
        file.set_attribute(part, "threshold_MeV", channel.threshold_MeV);
        file.set_attribute(part, "weight", channel.weight);
        file.set_attribute(part, "share", channel.share);
    }
    for (auto const i : solution.further_numbers())
        file.set_attribute("/", solution.quantities.numbers[i].name,
                           solution.solved.numbers[static_cast<Eigen::Index>(i)]);
    file.set_attribute("/", "pair", pair.model.name);
    file.set_attribute("/", "charge_product", std::int64_t{kind.charge_product()});
    file.set_attribute("/", "interaction", kind.interaction_name());
    if (auto const source = source_of(kind, pair.numbers)) {
        file.set_attribute("/", "source", source->form);
        for (auto const& [key, values] : source->at(pair.numbers))
            if (values.size() == 1) file.set_attribute("/", key, values.front());
    }
    file.close();
}

std::string solution_table(Solution const& solution) { return table_of(solution).csv(); }

std::string solution_hepdata(Solution const& solution) {
    auto const& pair = solution.pair;
    HepdataTable table{pair.k_low_MeV, pair.k_high_MeV, {{"C(k*)", solution.solved.correlation}}, {}};
    if (solution.measured) table.columns.push_back({"C(k*) as measured", *solution.measured});
    for (std::size_t i = 0; i < solution.quantities.curves.size(); ++i)
        table.columns.push_back({solution.quantities.curves[i].name, solution.solved.curves[i]});
    table.qualifiers = {{"pair", pair.model.name}, {"interaction", pair.model.kind->interaction_name()}};
    for (auto const& channel : solution.coupled) table.qualifiers.emplace_back("channels", contribution_text(channel));
    return hepdata_text(table);
}

}  // namespace hadronforce
