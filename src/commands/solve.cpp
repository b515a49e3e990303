#include "commands/command.hpp"
#include "commands/output.hpp"
#include "commands/physics_config.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

constexpr std::int64_t solution_format_version = 1;

struct Solution {
    CorrelationResult result;
    Eigen::ArrayXd lednicky;
    std::vector<double> bound_states_MeV;
};

Solution solve(SampleFamily const& family) {
    auto const interaction = family.interaction({});
    Solution solution;
    solution.result = family.make_solver().solve(*interaction.potential, interaction.source);
    solution.lednicky = lednicky_lyuboshits(family.k_star_MeV, solution.result.scattering_length_fm,
                                            solution.result.effective_range_fm, family.r0_fm);
    solution.bound_states_MeV = bound_state_energies_MeV(*interaction.potential, family.pair.reduced_mass_MeV());
    return solution;
}

void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    SampleFamily const& family, Solution const& solution) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"solution", solution_format_version, config, 0});
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description) {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {"k_star"}});
    };
    column("/k_star_MeV", family.k_star_MeV, "MeV/c", "relative momentum k*");
    column("/correlation", solution.result.correlation, "1", "C(k*) of the full solution");
    column("/lednicky_lyuboshits", solution.lednicky, "1", "C(k*) of the Lednicky-Lyuboshits model with a0 and r_eff");
    column("/delta_rad", solution.result.delta_rad, "rad", "s-wave phase shift");
    Eigen::ArrayXd const r = potential_radii_fm();
    Eigen::ArrayXd v(r.size());
    family.interaction({}).potential->fill_MeV(r, v);
    file.write_vector("/potential/r_fm", {r.begin(), r.end()}, {"fm", "radius", {"r"}});
    file.write_vector("/potential/V_MeV", {v.begin(), v.end()}, {"MeV", "local potential V(r)", {"r"}});
    file.write_vector("/bound_states_MeV", solution.bound_states_MeV,
                      {"MeV", "energies of the s-wave bound states", {"state"}});
    file.set_attribute("/", "pair", family.pair.name);
    file.set_attribute("/", "a0_fm", solution.result.scattering_length_fm);
    file.set_attribute("/", "r_eff_fm", solution.result.effective_range_fm);
    file.set_attribute("/", "r0_fm", family.r0_fm);
    file.close();
}

std::string table_text(SampleFamily const& family, Solution const& solution) {
    std::string text =
        fmt::format("# {}, {}, gaussian source r0 = {} fm\n", family.pair.name, family.potential_form, family.r0_fm);
    for (auto const& [key, values] : family.potential) text += fmt::format("# {} = {}\n", key, fmt::join(values, ", "));
    text += "k_star_MeV,C,C_LL,delta_rad\n";
    for (Eigen::Index j = 0; j < family.k_star_MeV.size(); ++j)
        text += fmt::format("{:.12g},{:.12g},{:.12g},{:.12g}\n", family.k_star_MeV[j], solution.result.correlation[j],
                            solution.lednicky[j], solution.result.delta_rad[j]);
    return text;
}

}  // namespace

void run_solve(Config const& config, CommandOptions const& options, Communicator const& comm) {
    SampleFamily const family = read_fixed_interaction(config.root());
    Section const output = config.root().section("output");
    auto const table = output.optional<std::string>("table", "");
    auto const path = output.optional<std::string>("file", "");
    if (table.empty() && path.empty()) config.root().fail("output", "needs a table (CSV) or a file (HDF5), or both");
    if (!config_is_read(config, options, comm)) return;

    say(comm,
        fmt::format("solve: {}, {}, {} k* from {:.1f} to {:.1f} MeV/c", family.pair.name, family.potential_form,
                    family.k_star_MeV.size(), family.k_star_MeV[0], family.k_star_MeV[family.k_star_MeV.size() - 1]));
    Solution solution;
    agree(comm, [&] { solution = solve(family); });
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_solution(comm, temporary, config.resolved(), family, solution);
        });
    if (!table.empty()) write_text(comm, table, table_text(family, solution));

    auto const& result = solution.result;
    say(comm, fmt::format("a0 = {:.6f} fm, r_eff = {:.6f} fm (k cot(delta) = -1/a0 + r_eff k^2/2)",
                          result.scattering_length_fm, result.effective_range_fm));
    if (solution.bound_states_MeV.empty()) say(comm, "no bound state");
    for (double energy : solution.bound_states_MeV) say(comm, fmt::format("bound state: E = {:.6f} MeV", energy));
    say(comm, fmt::format("C({:.1f} MeV/c) = {:.6f}, estimated error {:.0e} of max(1, C)", family.k_star_MeV[0],
                          result.correlation[0], result.error_estimate));
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
