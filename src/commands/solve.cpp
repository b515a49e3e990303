#include "commands/command.hpp"
#include "commands/interaction_config.hpp"
#include "commands/output.hpp"
#include "commands/physics_config.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"
#include "hadronforce/femtoscopy/nonlocal_correlation.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <optional>

namespace hadronforce {
namespace {

constexpr std::int64_t solution_format_version = 1;

struct Solution {
    CorrelationResult result;
    std::optional<Eigen::ArrayXd> lednicky;  ///< of a Gaussian source alone
    std::vector<double> bound_states_MeV;
};

/// What is solved: a local potential by its own solver, anything else by the non-local one.
struct Problem {
    std::string pair;
    std::string interaction;
    PotentialParameters parameters;  ///< of a local potential alone
    Eigen::ArrayXd k_star_MeV;
    std::string source_form;
    SourceParameters source_parameters;
    std::shared_ptr<LocalPotential> local;  ///< none: no local part
    std::function<Solution()> solve;
};

Problem read_local_problem(Section const& root, Communicator const& comm) {
    SampleFamily const family = read_fixed_interaction(root, comm);
    auto interaction = family.interaction({});
    std::shared_ptr<LocalPotential> const potential = std::move(interaction.potential);
    std::shared_ptr<Source> const source = std::move(interaction.source);
    auto const solve = [family, potential, source] {
        Solution solution;
        solution.result = family.make_solver().solve(*potential, *source);
        solution.bound_states_MeV = bound_state_energies_MeV(*potential, family.pair.reduced_mass_MeV());
        return solution;
    };
    return {family.pair.name,   family.potential_form, family.potential, family.k_star_MeV,
            family.source_form, family.source,         potential,        solve};
}

Problem read_nonlocal_problem(Section const& root, Communicator const& comm) {
    auto const configured = std::make_shared<ConfiguredInteraction>(read_interaction(root, comm));
    if (configured->natural_units)
        root.section("interaction").fail("form", "is in natural units; C(k*) needs MeV and fm");
    SampleFamily family;
    read_source(root, comm, {}, family);
    require_fixed(root, family);
    std::shared_ptr<Source> const source = make_source(family.source_form, family.source);
    Eigen::ArrayXd const k_star_MeV = read_momenta(root, "_MeV");
    auto const solve = [configured, source, k_star_MeV] {
        NonlocalSolver const solver(configured->interaction(), units::wave_number_per_fm(k_star_MeV.maxCoeff()),
                                    configured->tolerance);
        Solution solution;
        solution.result = nonlocal_correlation(solver, *source, k_star_MeV);
        for (double kappa : solver.binding_momenta())
            solution.bound_states_MeV.push_back(-kappa * kappa / configured->two_mu());
        return solution;
    };
    auto const pair = configured->pair_name.empty() ? "pair" : configured->pair_name;
    return {pair,
            configured->name,
            {},
            k_star_MeV,
            family.source_form,
            family.source,
            {configured, configured->local.get()},
            solve};
}

void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    Problem const& problem, Solution const& solution) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"solution", solution_format_version, config, 0});
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description) {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {"k_star"}});
    };
    column("/k_star_MeV", problem.k_star_MeV, "MeV/c", "relative momentum k*");
    column("/correlation", solution.result.correlation, "1", "C(k*) of the full solution");
    if (solution.lednicky)
        column("/lednicky_lyuboshits", *solution.lednicky, "1",
               "C(k*) of the Lednicky-Lyuboshits model with a0 and r_eff");
    column("/delta_rad", solution.result.delta_rad, "rad", "s-wave phase shift");
    if (problem.local) {
        Eigen::ArrayXd const r = potential_radii_fm();
        Eigen::ArrayXd v(r.size());
        problem.local->fill_MeV(r, v);
        file.write_vector("/potential/r_fm", {r.begin(), r.end()}, {"fm", "radius", {"r"}});
        file.write_vector("/potential/V_MeV", {v.begin(), v.end()}, {"MeV", "local potential V(r)", {"r"}});
    }
    file.write_vector("/bound_states_MeV", solution.bound_states_MeV,
                      {"MeV", "energies of the s-wave bound states", {"state"}});
    file.set_attribute("/", "pair", problem.pair);
    file.set_attribute("/", "interaction", problem.interaction);
    file.set_attribute("/", "a0_fm", solution.result.scattering_length_fm);
    file.set_attribute("/", "r_eff_fm", solution.result.effective_range_fm);
    file.set_attribute("/", "source", problem.source_form);
    for (auto const& [key, values] : problem.source_parameters)
        if (values.size() == 1) file.set_attribute("/", key, values.front());
    file.close();
}

/// "# key = value" a line; of a long list its length.
std::string parameter_lines(std::map<std::string, std::vector<double>> const& parameters) {
    std::string text;
    for (auto const& [key, values] : parameters)
        text += values.size() > 8 ? fmt::format("# {}: {} numbers\n", key, values.size())
                                  : fmt::format("# {} = {}\n", key, fmt::join(values, ", "));
    return text;
}

std::string table_text(Problem const& problem, Solution const& solution) {
    std::string text = fmt::format("# {}, {}, {} source", problem.pair, problem.interaction, problem.source_form);
    for (auto const& [key, values] : problem.source_parameters)
        text += values.size() == 1 ? fmt::format(", {} = {}", key, values.front())
                                   : fmt::format(", {}: {} numbers", key, values.size());
    text += "\n" + parameter_lines(problem.parameters);
    text += solution.lednicky ? "k_star_MeV,C,C_LL,delta_rad\n" : "k_star_MeV,C,delta_rad\n";
    for (Eigen::Index j = 0; j < problem.k_star_MeV.size(); ++j) {
        text += fmt::format("{:.12g},{:.12g},", problem.k_star_MeV[j], solution.result.correlation[j]);
        if (solution.lednicky) text += fmt::format("{:.12g},", (*solution.lednicky)[j]);
        text += fmt::format("{:.12g}\n", solution.result.delta_rad[j]);
    }
    return text;
}

}  // namespace

void run_solve(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    if (root.has("coupled")) return run_solve_coupled(config, options, comm);
    Problem const problem =
        root.has("interaction") ? read_nonlocal_problem(root, comm) : read_local_problem(root, comm);
    Section const output = root.section("output");
    auto const table = output.optional<std::string>("table", "");
    auto const path = output.optional<std::string>("file", "");
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    if (!config_is_read(config, options, comm)) return;

    say(comm, fmt::format("solve: {}, {}, {} k* from {:.1f} to {:.1f} MeV/c", problem.pair, problem.interaction,
                          problem.k_star_MeV.size(), problem.k_star_MeV[0],
                          problem.k_star_MeV[problem.k_star_MeV.size() - 1]));
    Solution solution;
    agree(comm, [&] {
        solution = problem.solve();
        if (problem.source_form == "gaussian")
            solution.lednicky =
                lednicky_lyuboshits(problem.k_star_MeV, solution.result.scattering_length_fm,
                                    solution.result.effective_range_fm, problem.source_parameters.at("r0_fm").front());
    });
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_solution(comm, temporary, config.resolved(), problem, solution);
        });
    if (!table.empty()) write_text(comm, table, table_text(problem, solution));

    auto const& result = solution.result;
    say(comm, fmt::format("a0 = {:.6f} fm, r_eff = {:.6f} fm (k cot(delta) = -1/a0 + r_eff k^2/2)",
                          result.scattering_length_fm, result.effective_range_fm));
    if (solution.bound_states_MeV.empty()) say(comm, "no bound state");
    for (double energy : solution.bound_states_MeV) say(comm, fmt::format("bound state: E = {:.6f} MeV", energy));
    say(comm, fmt::format("C({:.1f} MeV/c) = {:.6f}, estimated error {:.0e} of max(1, C)", problem.k_star_MeV[0],
                          result.correlation[0], result.error_estimate));
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
