#include "commands/command.hpp"
#include "commands/solution.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"
#include "hadronforce/femtoscopy/nonlocal_correlation.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/setup/form_config.hpp"
#include "hadronforce/setup/interacting_pair_config.hpp"
#include "hadronforce/setup/interaction_config.hpp"
#include "hadronforce/setup/pair_config.hpp"
#include "hadronforce/setup/physics_config.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <memory>

namespace hadronforce {
namespace {

/// With what the wave at threshold counts where the grid of the bound states falls short of it.
BoundStates states_of(SolvedWave const& wave, double reduced_mass_MeV, int charged_levels,
                      ScatteringResult const& scattering) {
    auto states = bound_states(*wave.local, reduced_mass_MeV, wave.kind, charged_levels);
    if (wave.kind.neutral_s_wave() && scattering.bound_states > states.count.value_or(0))
        states = {{}, scattering.bound_states, 0.0};
    return states;
}

int read_charged_levels(Section const& root) {
    return static_cast<int>(root.section("output").optional<std::int64_t>(
        "charged_levels", 3,
        [](std::int64_t const& levels) { return levels >= 0 && levels <= 100 ? "" : "must lie between 0 and 100"; }));
}

SolveProblem read_local_problem(Section const& root, Communicator const& comm) {
    FixedPair const pair = read_fixed_pair(root, comm);
    int const charged_levels = read_charged_levels(root);
    auto const& model = dynamic_cast<UncoupledPair const&>(*pair.model.kind).model();
    auto const channels = std::make_shared<std::vector<SpinChannel>>(model.spin_channels({}));
    SolveProblem problem{pair.model.name,
                         model.charge_product,
                         pair.model.kind->interaction_name(),
                         {},
                         pair.k_star_MeV,
                         model.source.form,
                         model.source.at({}),
                         {}};
    for (std::size_t c = 0; c < channels->size(); ++c)
        for (std::size_t w = 0; w < (*channels)[c].waves.size(); ++w) {
            auto const& wave = model.channels[c].waves[w];
            problem.waves.push_back({static_cast<std::int64_t>(c),
                                     model.channels[c].weight,
                                     model.channels[c].exchange,
                                     {wave.l, model.charge_product},
                                     wave.potential.form,
                                     wave.potential.at({}),
                                     (*channels)[c].waves[w].potential});
        }
    problem.solve = [pair, channels, waves = problem.waves, reduced_mass_MeV = model.reduced_mass_MeV,
                     charge_product = model.charge_product, form = problem.source_form, charged_levels,
                     parameters = problem.source_parameters] {
        auto const source = make_source(form, parameters);
        auto const result =
            PairCorrelationSolver(pair.k_star_MeV, reduced_mass_MeV, charge_product, pair.model.tolerance)
                .solve(*channels, *source);
        Solution solution;
        solution.correlation = result.correlation;
        solution.error_estimate = result.error_estimate;
        for (auto const& channel : result.waves)
            for (auto const& wave : channel) solution.scattering.push_back(wave.scattering);
        for (std::size_t i = 0; i < waves.size(); ++i)
            solution.bound_states.push_back(
                states_of(waves[i], reduced_mass_MeV, charged_levels, solution.scattering[i]));
        return solution;
    };
    return problem;
}

/// A pair that has no waves of its own.
SolveProblem read_model_problem(Section const& root, Communicator const& comm) {
    FixedPair const pair = read_fixed_pair(root, comm);
    auto const& source = *pair.model.kind->source();
    SolveProblem problem{pair.model.name, 0, pair.model.kind->interaction_name(), {}, pair.k_star_MeV, source.form,
                         source.at({}),   {}};
    problem.charge_product = read_pair(root, comm).charge_product;
    problem.curves = pair.model.kind->quantities().curves;
    problem.solve = [pair] {
        auto solved = pair.model.solver(pair.k_star_MeV)->solve({});
        Solution solution;
        solution.correlation = std::move(solved.correlation);
        solution.error_estimate = solved.error_estimate;
        solution.curves = std::move(solved.curves);
        return solution;
    };
    return problem;
}

SolveProblem read_nonlocal_problem(Section const& root, Communicator const& comm) {
    auto const configured = std::make_shared<ConfiguredInteraction>(read_interaction(root, comm));
    if (configured->natural_units)
        root.section("interaction").fail("form", "is in natural units; C(k*) needs MeV and fm");
    FixedNumbers numbers;
    ModelForm const form = read_source(root.section("source"), comm, numbers);
    std::shared_ptr<Source> const source = make_source(form.form, form.at({}));
    Eigen::ArrayXd const k_star_MeV = read_momenta(root, "_MeV");
    bool const charged = configured->charge_product != 0;
    int const charged_levels = charged ? read_charged_levels(root) : 0;
    auto const solve = [configured, source, k_star_MeV, charged, charged_levels] {
        constexpr double tolerance_of_charges = 1e-9;
        NonlocalSolver const solver(configured->interaction(), units::wave_number_per_fm(k_star_MeV.maxCoeff()),
                                    configured->tolerance);
        Eigen::ArrayXd const of_charges = charged
                                              ? PairCorrelationSolver(k_star_MeV, configured->reduced_mass,
                                                                      configured->charge_product, tolerance_of_charges)
                                                    .without_strong_force(Exchange::none, *source)
                                              : Eigen::ArrayXd();
        auto const result = nonlocal_correlation(solver, *source, k_star_MeV, of_charges);
        auto const energy_MeV = [&](double kappa) { return -kappa * kappa / configured->two_mu(); };
        BoundStates states;
        for (double kappa : solver.binding_momenta(charged_levels)) states.energies_MeV.push_back(energy_MeV(kappa));
        states.count = static_cast<int>(states.energies_MeV.size());
        if (double const least = solver.least_binding_momentum(charged_levels); least > 0.0)
            states.limit_MeV = energy_MeV(least);
        Solution solution;
        solution.correlation = result.correlation;
        solution.error_estimate = result.error_estimate + (charged ? tolerance_of_charges : 0.0);
        solution.scattering = {
            {result.delta_rad, result.scattering_length_fm, result.effective_range_fm, result.bound_states}};
        solution.bound_states = {states};
        return solution;
    };
    SolvedWave wave;
    wave.kind.charge_product = configured->charge_product;
    wave.interaction = configured->name;
    wave.local = {configured, configured->local.get()};
    auto const pair = configured->pair_name.empty() ? "pair" : configured->pair_name;
    return {pair, configured->charge_product, configured->name, {wave}, k_star_MeV, form.form, form.at({}), solve};
}

}  // namespace

void run_solve(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    if (root.has("coupled")) return run_solve_coupled(config, options, comm);
    SolveProblem const problem = is_lednicky(root)         ? read_model_problem(root, comm)
                                 : root.has("interaction") ? read_nonlocal_problem(root, comm)
                                                           : read_local_problem(root, comm);
    Section const output = root.section("output");
    auto const table = output.optional_output("table", OutputKind::text);
    auto const path = output.optional_output("file", OutputKind::hdf5);
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    say(comm, fmt::format("solve: {}, {}, {} k* from {:.7g} to {:.7g} MeV/c", problem.pair, problem.interaction,
                          problem.k_star_MeV.size(), problem.k_star_MeV[0],
                          problem.k_star_MeV[problem.k_star_MeV.size() - 1]));
    Solution solution;
    agree(comm, [&] {
        solve_pair(root, [&] { solution = problem.solve(); });
        if (problem.is_plain() && problem.source_form == "gaussian") {
            auto const& s_wave = solution.scattering.front();
            solution.lednicky =
                lednicky_lyuboshits(problem.k_star_MeV, s_wave.scattering_length_fm, s_wave.effective_range_fm,
                                    problem.source_parameters.at("r0_fm").front());
        }
    });
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_solution(comm, temporary, config.resolved(), problem, solution);
        });
    if (!table.empty()) write_text(comm, table, solution_table(problem, solution));

    for (auto const& line : solution_report(problem, solution)) say(comm, line);
    if (solution.correlation.minCoeff() < 0.0)
        say(comm, "warning: C is negative: the source is too small for the Lednicky-Lyuboshits model with this r_eff");
    say(comm, fmt::format("C({:.7g} MeV/c) = {:.7g}, estimated error {:.0e} of max(1, C)", problem.k_star_MeV[0],
                          solution.correlation[0], solution.error_estimate));
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
