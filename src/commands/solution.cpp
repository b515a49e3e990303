#include "commands/solution.hpp"

#include "commands/potential_radii.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t solution_format_version = 1;

char const* symmetry_name(Exchange exchange) {
    return exchange == Exchange::even ? "even" : exchange == Exchange::odd ? "odd" : "none";
}

std::vector<double> list_of(Eigen::ArrayXd const& values) { return {values.begin(), values.end()}; }

/// Between charges only the solver of non-local interactions gives them.
bool has_threshold_parameters(SolvedWave const& wave, ScatteringResult const& scattering) {
    return wave.kind.neutral_s_wave() || std::isfinite(scattering.effective_range_fm);
}

/// What is smaller than the rounding of a0 is none, and r_eff, which counts 1/a0^2, is unknown then.
std::string threshold_parameters(ScatteringResult const& scattering) {
    constexpr double rounding_fm = 1e-10;
    if (std::fabs(scattering.scattering_length_fm) < rounding_fm)
        return fmt::format("a0 = 0 within {:g} fm, r_eff is not determined", rounding_fm);
    return fmt::format("a0 = {:.7g} fm, r_eff = {:.7g} fm", scattering.scattering_length_fm,
                       scattering.effective_range_fm);
}

/// The datasets of one wave, under `folder` ("" or "/waves/2").
void write_wave(File& file, std::string const& folder, SolvedWave const& wave, ScatteringResult const& scattering,
                BoundStates const& states) {
    std::string const delta = folder + "/delta_rad";
    file.write_vector(
        delta, list_of(scattering.delta_rad),
        {"rad", wave.kind.charge_product == 0 ? "phase shift" : "phase shift beside the Coulomb wave's", {"k_star"}});
    file.set_attribute(delta, "channel", wave.channel);
    file.set_attribute(delta, "weight", wave.weight);
    file.set_attribute(delta, "symmetry", symmetry_name(wave.exchange));
    file.set_attribute(delta, "l", std::int64_t{wave.kind.l});
    file.set_attribute(delta, "interaction", wave.interaction);
    if (has_threshold_parameters(wave, scattering)) {
        std::string const object = folder.empty() ? "/" : delta;
        file.set_attribute(object, "a0_fm", scattering.scattering_length_fm);
        file.set_attribute(object, "r_eff_fm", scattering.effective_range_fm);
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

std::string describe(SolvedWave const& wave) {
    return fmt::format("channel {} (weight {:.6g}, symmetry {}), l = {}, {}", wave.channel, wave.weight,
                       symmetry_name(wave.exchange), wave.kind.l, wave.interaction);
}

}  // namespace

bool SolveProblem::is_plain() const {
    return waves.size() == 1 && waves[0].kind.neutral_s_wave() && waves[0].exchange == Exchange::none &&
           waves[0].weight == 1.0;
}

void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    SolveProblem const& problem, Solution const& solution) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"solution", solution_format_version, config, 0});
    auto const column = [&](char const* name, Eigen::ArrayXd const& values, char const* unit, char const* description) {
        file.write_vector(name, list_of(values), {unit, description, {"k_star"}});
    };
    column("/k_star_MeV", problem.k_star_MeV, "MeV/c", "relative momentum k*");
    column("/correlation", solution.correlation, "1", "C(k*) of the full solution");
    if (solution.lednicky)
        column("/lednicky_lyuboshits", *solution.lednicky, "1",
               "C(k*) of the Lednicky-Lyuboshits model with a0 and r_eff");
    for (std::size_t i = 0; i < problem.curves.size(); ++i)
        column(("/" + problem.curves[i].name).c_str(), solution.curves[i], problem.curves[i].unit.c_str(),
               problem.curves[i].description.c_str());
    for (std::size_t i = 0; i < problem.waves.size(); ++i)
        write_wave(file, problem.waves.size() == 1 ? "" : fmt::format("/waves/{}", i), problem.waves[i],
                   solution.scattering[i], solution.bound_states[i]);
    file.set_attribute("/", "pair", problem.pair);
    file.set_attribute("/", "charge_product", std::int64_t{problem.charge_product});
    file.set_attribute("/", "interaction", problem.interaction);
    file.set_attribute("/", "source", problem.source_form);
    for (auto const& [key, values] : problem.source_parameters)
        if (values.size() == 1) file.set_attribute("/", key, values.front());
    file.close();
}

std::string solution_table(SolveProblem const& problem, Solution const& solution) {
    bool const several = problem.waves.size() > 1;
    std::string text = solution.lednicky ? "k_star_MeV,C,C_LL" : "k_star_MeV,C";
    for (std::size_t i = 0; i < problem.waves.size(); ++i)
        text += several ? fmt::format(",delta_{}_rad", i) : ",delta_rad";
    for (auto const& curve : problem.curves) text += "," + curve.name;
    text += fmt::format("\n# {}, {}, {} source", problem.pair, problem.interaction, problem.source_form);
    for (auto const& [key, values] : problem.source_parameters)
        text += values.size() == 1 ? fmt::format(", {} = {}", key, values.front())
                                   : fmt::format(", {}: {} numbers", key, values.size());
    text += "\n";
    if (problem.charge_product != 0) text += fmt::format("# charge_product = {}\n", problem.charge_product);
    for (std::size_t i = 0; i < problem.waves.size(); ++i) {
        if (several) text += fmt::format("# delta_{}_rad: {}\n", i, describe(problem.waves[i]));
        text += parameter_lines(problem.waves[i].parameters);
    }
    for (Eigen::Index j = 0; j < problem.k_star_MeV.size(); ++j) {
        text += fmt::format("{:.12g},{:.12g}", problem.k_star_MeV[j], solution.correlation[j]);
        if (solution.lednicky) text += fmt::format(",{:.12g}", (*solution.lednicky)[j]);
        for (auto const& scattering : solution.scattering) text += fmt::format(",{:.12g}", scattering.delta_rad[j]);
        for (auto const& curve : solution.curves) text += fmt::format(",{:.12g}", curve[j]);
        text += "\n";
    }
    return text;
}

std::vector<std::string> solution_report(SolveProblem const& problem, Solution const& solution) {
    std::vector<std::string> lines;
    bool const several = problem.waves.size() > 1;
    Eigen::Index const last = problem.k_star_MeV.size() - 1;
    for (std::size_t i = 0; i < problem.waves.size(); ++i) {
        auto const& wave = problem.waves[i];
        auto const& scattering = solution.scattering[i];
        std::string line = several ? describe(wave) + ": " : "";
        bool const at_threshold = has_threshold_parameters(wave, scattering);
        line += at_threshold ? threshold_parameters(scattering)
                             : fmt::format("delta({:.7g} MeV/c) = {:.7g} rad, delta({:.7g} MeV/c) = {:.7g} rad",
                                           problem.k_star_MeV[0], scattering.delta_rad[0], problem.k_star_MeV[last],
                                           scattering.delta_rad[last]);
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
