#include "commands/solution.hpp"

#include "commands/potential_radii.hpp"
#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"
#include "hadronforce/report/hepdata_table.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t solution_format_version = 1;

char const* symmetry_name(Exchange exchange) {
    return exchange == Exchange::even ? "even" : exchange == Exchange::odd ? "odd" : "none";
}

std::vector<double> list_of(Eigen::ArrayXd const& values) { return {values.begin(), values.end()}; }

/// What is smaller than the rounding of a0 is none, and r_eff, which counts 1/a0^2, is unknown then.
std::string threshold_parameters(double a0_fm, double r_eff_fm) {
    constexpr double rounding_fm = 1e-10;
    if (std::fabs(a0_fm) < rounding_fm)
        return fmt::format("a0 = 0 within {:g} fm, r_eff is not determined", rounding_fm);
    return fmt::format("a0 = {:.7g} fm, r_eff = {:.7g} fm", a0_fm, r_eff_fm);
}

/// What the config calls it, "triplet.3P0"; empty where it has no names.
std::string name_of(WaveOfPair const& wave) {
    bool const counts = wave.prefix.empty() || wave.prefix.rfind("channels[", 0) == 0;
    return counts ? "" : wave.prefix.substr(0, wave.prefix.size() - 1);
}

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

/// "# key = value" a line; of a long list its length.
std::string parameter_lines(PotentialParameters const& parameters) {
    std::string text;
    for (auto const& [key, values] : parameters)
        text += values.size() > 8 ? fmt::format("# {}: {} numbers\n", key, values.size())
                                  : fmt::format("# {} = {}\n", key, fmt::join(values, ", "));
    return text;
}

/// One for each state, and what else there is to say of them.
std::vector<std::string> bound_state_lines(BoundStates const& states) {
    std::vector<std::string> lines;
    for (double energy : states.energies_MeV) lines.push_back(fmt::format("bound state: E = {:.7g} MeV", energy));
    if (!states.count)
        lines.emplace_back("bound states: not known, no grid resolves the waves");
    else if (states.energies_MeV.empty())
        lines.push_back(*states.count == 0 ? "no bound state"
                        : *states.count == 1
                            ? "1 bound state, whose energy no grid reaches"
                            : fmt::format("{} bound states, whose energies no grid reaches", *states.count));
    if (states.limit_MeV < 0.0)
        lines.push_back(fmt::format("the charges bind without end above {:.4g} MeV", states.limit_MeV));
    return lines;
}

std::string describe(WaveOfPair const& wave) {
    auto const name = name_of(wave);
    return fmt::format("{} (weight {:.6g}, symmetry {}), l = {}, {}",
                       name.empty() ? fmt::format("channel {}", wave.channel) : name, wave.weight,
                       symmetry_name(wave.exchange), wave.kind.l, wave.interaction);
}

}  // namespace

std::optional<double> Solution::number(WaveOfPair const& wave, std::string const& name) const {
    if (auto const place = find(quantities.numbers, wave.prefix + name))
        return solved.numbers[static_cast<Eigen::Index>(*place)];
    if (auto const place = find(threshold_quantities, wave.prefix + name))
        return at_threshold[static_cast<Eigen::Index>(*place)];
    return std::nullopt;
}

Eigen::ArrayXd const& Solution::phase_rad(WaveOfPair const& wave) const {
    return solved.curves.at(find(quantities.curves, wave.prefix + "delta_rad").value());
}

std::vector<std::size_t> Solution::further_curves() const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < quantities.curves.size(); ++i)
        if (std::none_of(waves.begin(), waves.end(),
                         [&](auto const& wave) { return quantities.curves[i].name == wave.prefix + "delta_rad"; }))
            places.push_back(i);
    return places;
}

bool Solution::has_threshold_parameters(WaveOfPair const& wave) const {
    auto const r_eff = number(wave, "r_eff_fm");
    return r_eff && (wave.kind.neutral_s_wave() || std::isfinite(*r_eff));
}

Solution solved(FixedPair const& pair, int charged_levels) {
    auto const& kind = *pair.model.kind;
    Solution solution;
    solution.pair = pair;
    solution.quantities = kind.quantities();
    solution.threshold_quantities = kind.threshold_quantities();
    solution.at_threshold = kind.at_threshold(pair.numbers);
    solution.waves = kind.partial_waves(pair.numbers);
    solution.solved = pair.model.solver(pair.k_star_MeV)->solve(pair.numbers);
    solution.bound_states = kind.bound_states(pair.numbers, pair.k_star_MeV, solution.solved, charged_levels);
    if (pair.measured)
        solution.measured = CorrelationModel(*pair.measured, pair.k_low_MeV, pair.k_high_MeV).in_bins(pair.numbers);
    auto const* const source = kind.source();
    if (solution.waves.size() != 1 || source == nullptr || source->form != "gaussian") return solution;
    auto const& wave = solution.waves.front();
    if (wave.kind.neutral_s_wave() && wave.exchange == Exchange::none && wave.weight == 1.0)
        solution.lednicky =
            lednicky_lyuboshits(pair.k_star_MeV, *solution.number(wave, "a0_fm"), *solution.number(wave, "r_eff_fm"),
                                source->at(pair.numbers).at("r0_fm").front());
    return solution;
}

void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    Solution const& solution) {
    auto const& pair = solution.pair;
    auto const& kind = *pair.model.kind;
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"solution", solution_format_version, config, 0});
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, std::string const& unit,
                            std::string const& description) {
        file.write_vector(name, list_of(values), {unit, description, {"k_star"}});
    };
    column("/k_star_MeV", pair.k_star_MeV, "MeV/c", "relative momentum k*");
    column("/correlation", solution.solved.correlation, "1", "C(k*) of the full solution");
    if (solution.measured) {
        column("/k_low_MeV", pair.k_low_MeV, "MeV/c", "lower edge of the bin");
        column("/k_high_MeV", pair.k_high_MeV, "MeV/c", "upper edge of the bin");
        column("/measured", *solution.measured, "1", "C as a detector sees it, in the bins");
    }
    if (solution.lednicky)
        column("/lednicky_lyuboshits", *solution.lednicky, "1",
               "C(k*) of the Lednicky-Lyuboshits model with a0 and r_eff");
    for (auto const i : solution.further_curves()) {
        auto const& curve = solution.quantities.curves[i];
        column("/" + curve.name, solution.solved.curves[i], curve.unit, curve.description);
    }
    for (std::size_t i = 0; i < solution.waves.size(); ++i)
        write_wave(file, solution.waves.size() == 1 ? "" : fmt::format("/waves/{}", i), solution, solution.waves[i],
                   solution.bound_states[i]);
    file.set_attribute("/", "pair", pair.model.name);
    file.set_attribute("/", "charge_product", std::int64_t{kind.charge_product()});
    file.set_attribute("/", "interaction", kind.interaction_name());
    if (auto const* const source = kind.source()) {
        file.set_attribute("/", "source", source->form);
        for (auto const& [key, values] : source->at(pair.numbers))
            if (values.size() == 1) file.set_attribute("/", key, values.front());
    }
    file.close();
}

std::string solution_table(Solution const& solution) {
    auto const& pair = solution.pair;
    auto const& kind = *pair.model.kind;
    auto const& waves = solution.waves;
    bool const several = waves.size() > 1;
    auto const further = solution.further_curves();
    std::string text = "k_star_MeV,C";
    if (solution.measured) text += ",C_measured";
    if (solution.lednicky) text += ",C_LL";
    for (std::size_t i = 0; i < waves.size(); ++i) text += several ? fmt::format(",delta_{}_rad", i) : ",delta_rad";
    for (auto const i : further) text += "," + solution.quantities.curves[i].name;
    text += fmt::format("\n# {}, {}", pair.model.name, kind.interaction_name());
    if (auto const* const source = kind.source()) {
        text += fmt::format(", {} source", source->form);
        for (auto const& [key, values] : source->at(pair.numbers))
            text += values.size() == 1 ? fmt::format(", {} = {}", key, values.front())
                                       : fmt::format(", {}: {} numbers", key, values.size());
    }
    text += "\n";
    if (kind.charge_product() != 0) text += fmt::format("# charge_product = {}\n", kind.charge_product());
    for (std::size_t i = 0; i < waves.size(); ++i) {
        if (several) text += fmt::format("# delta_{}_rad: {}\n", i, describe(waves[i]));
        text += parameter_lines(waves[i].parameters);
    }
    for (Eigen::Index j = 0; j < pair.k_star_MeV.size(); ++j) {
        text += fmt::format("{:.12g},{:.12g}", pair.k_star_MeV[j], solution.solved.correlation[j]);
        if (solution.measured) text += fmt::format(",{:.12g}", (*solution.measured)[j]);
        if (solution.lednicky) text += fmt::format(",{:.12g}", (*solution.lednicky)[j]);
        for (auto const& wave : waves) text += fmt::format(",{:.12g}", solution.phase_rad(wave)[j]);
        for (auto const i : further) text += fmt::format(",{:.12g}", solution.solved.curves[i][j]);
        text += "\n";
    }
    return text;
}

std::string solution_hepdata(Solution const& solution) {
    auto const& pair = solution.pair;
    HepdataTable table{pair.k_low_MeV, pair.k_high_MeV, {{"C(k*)", solution.solved.correlation}}, {}};
    if (solution.measured) table.columns.push_back({"C(k*) as measured", *solution.measured});
    for (std::size_t i = 0; i < solution.quantities.curves.size(); ++i)
        table.columns.push_back({solution.quantities.curves[i].name, solution.solved.curves[i]});
    table.qualifiers = {{"pair", pair.model.name}, {"interaction", pair.model.kind->interaction_name()}};
    return hepdata_text(table);
}

std::vector<std::string> solution_report(Solution const& solution) {
    std::vector<std::string> lines;
    bool const several = solution.waves.size() > 1;
    auto const& k = solution.pair.k_star_MeV;
    Eigen::Index const last = k.size() - 1;
    for (std::size_t i = 0; i < solution.waves.size(); ++i) {
        auto const& wave = solution.waves[i];
        auto const& delta = solution.phase_rad(wave);
        std::string line = several ? describe(wave) + ": " : "";
        bool const at_threshold = solution.has_threshold_parameters(wave);
        line += at_threshold ? threshold_parameters(*solution.number(wave, "a0_fm"), *solution.number(wave, "r_eff_fm"))
                             : fmt::format("delta({:.7g} MeV/c) = {:.7g} rad, delta({:.7g} MeV/c) = {:.7g} rad", k[0],
                                           delta[0], k[last], delta[last]);
        if (!several && at_threshold)
            line += fmt::format(" ({} = -1/a0 + r_eff k^2/2)",
                                wave.kind.charge_product == 0 ? "k cot(delta)" : "C_0^2 k cot(delta) + 2 k eta h(eta)");
        auto const states = bound_state_lines(solution.bound_states[i]);
        if (several) line += fmt::format(", {}", fmt::join(states, ", "));
        lines.push_back(line);
        if (!several) lines.insert(lines.end(), states.begin(), states.end());
    }
    return lines;
}

}  // namespace hadronforce
