#include "commands/phase_shift_results.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {

Eigen::RowVectorXd row_of(Outcome const& outcome, std::size_t bound_states) {
    auto const& scattering = outcome.scattering;
    Eigen::Index const k = scattering.delta_rad.size();
    Eigen::RowVectorXd row(2 * k + 2 + static_cast<Eigen::Index>(bound_states));
    row.head(k) = scattering.delta_rad.matrix().transpose();
    row.segment(k, k) = scattering.k_cot_delta.matrix().transpose();
    row[2 * k] = scattering.scattering_length;
    row[2 * k + 1] = scattering.effective_range;
    for (std::size_t i = 0; i < bound_states; ++i)
        row[2 * k + 2 + static_cast<Eigen::Index>(i)] =
            i < outcome.energies.size() ? outcome.energies[i] : std::nan("");
    return row;
}

namespace {

constexpr int charged_levels = 3;  ///< among which bound states are looked for where charges attract

/// Near a resonance at threshold phase shifts at the lowest momenta are rounded: a fit needs no more than this.
ScatteringResult scatter_as_well_as_possible(LocalPotential const& potential, Eigen::ArrayXd const& momenta,
                                             double reduced_mass_MeV) {
    for (double const tolerance_rad : {1e-9, 1e-7}) try {
            return scatter(potential, momenta, reduced_mass_MeV, tolerance_rad);
        } catch (ConvergenceError const&) {
        }
    return scatter(potential, momenta, reduced_mass_MeV, 1e-5);
}

/// A local potential between neutral particles needs no panels.
Outcome solve_local(ConfiguredInteraction const& configured, LocalPotential const& potential,
                    Eigen::ArrayXd const& momenta) {
    auto const found = scatter_as_well_as_possible(potential, momenta, configured.reduced_mass);
    Outcome outcome;
    outcome.scattering.delta_rad = found.delta_rad;
    outcome.scattering.scattering_length = found.scattering_length_fm;
    outcome.scattering.effective_range = found.effective_range_fm;
    outcome.scattering.bound_states = found.bound_states;
    Eigen::ArrayXd const k = momenta * configured.wave_number_of(1.0);
    outcome.scattering.k_cot_delta = k * found.delta_rad.cos() / found.delta_rad.sin();
    outcome.energies = bound_states(potential, configured.reduced_mass).energies_MeV;
    return outcome;
}

Outcome solve(ConfiguredInteraction const& configured, Interaction const& interaction, Eigen::ArrayXd const& momenta,
              double* change_rad = nullptr) {
    bool const is_fit =
        (configured.name == "fitted" || configured.name == "lattice_potential") && !configured.natural_units;
    if (is_fit && interaction.nonlocal == nullptr && interaction.two_eta_k == 0.0)
        return solve_local(configured, *interaction.local, momenta);
    Eigen::ArrayXd const k = momenta * configured.wave_number_of(1.0);
    NonlocalSolver const solver(interaction, k[k.size() - 1], configured.tolerance);
    Outcome outcome{solver.scatter(k), {}, 0.0};
    for (double kappa : solver.binding_momenta(charged_levels))
        outcome.energies.push_back(-kappa * kappa / configured.two_mu());
    outcome.limit = -std::pow(solver.least_binding_momentum(charged_levels), 2) / configured.two_mu();
    if (change_rad != nullptr)
        *change_rad = (solver.refined().scatter(k).delta_rad - outcome.scattering.delta_rad).abs().maxCoeff();
    return outcome;
}

Outcome solve_effective(ConfiguredInteraction const& configured, LocalPotential const& potential,
                        Eigen::ArrayXd const& momenta) {
    return solve(configured, {&potential, nullptr, configured.two_mu(), configured.two_eta_k()}, momenta);
}

Eigen::ArrayXd difference(Eigen::ArrayXd const& a, Eigen::ArrayXd const& b) {
    return (a - b).unaryExpr([](double x) { return std::remainder(x, units::pi); });
}

/// Each rank solves its share of the samples. `differences`: own samples x momenta, delta minus that of V_eff.
Spread solve_samples(Communicator const& comm, ConfiguredInteraction const& configured, Eigen::ArrayXd const& momenta,
                     Outcome const& mean, RowMatrixXd& differences) {
    Spread spread;
    std::vector<std::size_t> kept;
    for (std::size_t s = 0; s < configured.samples_converged.size(); ++s) {
        if (configured.samples_converged[s])
            kept.push_back(s);
        else
            spread.left_out.push_back(static_cast<std::int64_t>(s));
    }
    spread.samples = static_cast<std::int64_t>(kept.size());
    spread.own = share_of(spread.samples, comm.rank(), comm.size());
    std::vector<Outcome> own;
    bool const compares = !configured.effective_samples.empty();
    differences.resize(compares ? spread.own.size() : 0, momenta.size());
    agree(comm, [&] {
        for (auto i = spread.own.begin; i < spread.own.end; ++i) {
            auto const s = kept[static_cast<std::size_t>(i)];
            configured.naming(fmt::format("sample {}", s), [&] {
                own.push_back(solve(configured, configured.interaction_of_sample(s), momenta));
                if (!compares) return;
                auto const effective = solve_effective(configured, *configured.effective_samples[s], momenta);
                differences.row(i - spread.own.begin) =
                    difference(own.back().scattering.delta_rad, effective.scattering.delta_rad).matrix().transpose();
            });
        }
    });
    std::int64_t others = 0;
    for (auto const& outcome : own) others += std::int64_t{outcome.energies.size() != mean.energies.size()};
    spread.other_bound_states = comm.sum(others);
    std::size_t const bound_states = spread.other_bound_states == 0 ? mean.energies.size() : 0;
    spread.rows.resize(spread.own.size(), row_of(mean, bound_states).size());
    for (std::size_t s = 0; s < own.size(); ++s)
        spread.rows.row(static_cast<Eigen::Index>(s)) = row_of(own[s], bound_states);
    auto const left_out = static_cast<std::int64_t>(spread.left_out.size());
    spread.error = mean_and_error(comm, configured.resampling, spread.samples, spread.rows, left_out).error;
    RowMatrixXd const inverse = spread.rows.col(2 * momenta.size()).cwiseInverse();
    spread.inverse_length_error =
        mean_and_error(comm, configured.resampling, spread.samples, inverse, left_out).error[0];
    std::int64_t const other_signs = (inverse.array() * mean.scattering.scattering_length < 0.0).count();
    // Jackknife samples lie nearer to the mean than its error.
    bool const near_pole = std::abs(1.0 / mean.scattering.scattering_length) < 2.0 * spread.inverse_length_error;
    spread.through_pole = (comm.sum(other_signs) > 0 || near_pole) && spread.inverse_length_error > 0.0;
    return spread;
}

/// Deviations of the other starts' predictions, one a row.
RowMatrixXd solve_starts(Communicator const& comm, ConfiguredInteraction const& configured,
                         Eigen::ArrayXd const& momenta, Outcome const& best) {
    auto const& starts = configured.other_starts;
    auto const mean = row_of(best, best.energies.size());
    auto const own = share_of(static_cast<std::int64_t>(starts.size()), comm.rank(), comm.size());
    RowMatrixXd deviations = RowMatrixXd::Zero(static_cast<Eigen::Index>(starts.size()), mean.size());
    agree(comm, [&] {
        for (auto i = own.begin; i < own.end; ++i) {
            auto const& start = starts[static_cast<std::size_t>(i)];
            Outcome outcome;
            configured.naming(fmt::format("other start {}", i), [&] {
                outcome = solve(configured,
                                {start.local.get(), start.nonlocal.get(), configured.two_mu(), configured.two_eta_k()},
                                momenta);
            });
            Eigen::RowVectorXd deviation = row_of(outcome, best.energies.size()) - mean;
            Eigen::Index const n = momenta.size();
            deviation.head(n) =
                difference(outcome.scattering.delta_rad, best.scattering.delta_rad).matrix().transpose();
            deviations.row(i) = deviation;
        }
    });
    comm.sum(deviations.data(), static_cast<std::size_t>(deviations.size()));  // one rank's each: in any order
    return deviations;
}

}  // namespace

double PhaseShifts::total_error(Eigen::Index place) const {
    bool const of_samples = spread && place < spread->error.size(), of_others = place < of_starts.size();
    if (!of_samples && !of_others) return std::nan("");
    return std::hypot(of_samples ? spread->error[place] : 0.0, of_others ? of_starts[place] : 0.0);
}

PhaseShifts solve_phase_shifts(Communicator const& comm, ConfiguredInteraction const& configured,
                               Eigen::ArrayXd const& momenta) {
    PhaseShifts result;
    result.momenta = momenta;
    agree(comm, [&] {
        result.mean = solve(configured, configured.interaction(), momenta, &result.change_rad);
        if (configured.seen)
            result.seen = solve(
                configured,
                {configured.local.get(), configured.seen.get(), configured.two_mu(), configured.two_eta_k()}, momenta);
        if (!configured.effective) return;
        Comparison comparison;
        comparison.effective = solve_effective(configured, *configured.effective, momenta);
        comparison.difference_rad =
            difference(result.mean.scattering.delta_rad, comparison.effective.scattering.delta_rad);
        result.comparison = std::move(comparison);
    });
    RowMatrixXd differences;
    if (!configured.samples_converged.empty())
        result.spread = solve_samples(comm, configured, momenta, result.mean, differences);
    result.other_starts = static_cast<std::int64_t>(configured.other_starts.size());
    if (result.other_starts > 0) {
        result.start_deviations = solve_starts(comm, configured, momenta, result.mean);
        result.of_starts = result.start_deviations.array().square().colwise().mean().sqrt();
    }
    if (!result.comparison) return result;
    auto& comparison = *result.comparison;
    if (result.spread)
        comparison.error_rad = mean_and_error(comm, configured.resampling, result.spread->samples, differences,
                                              static_cast<std::int64_t>(result.spread->left_out.size()))
                                   .error.transpose()
                                   .array();
    while (comparison.agree < momenta.size() &&
           std::abs(comparison.difference_rad[comparison.agree]) <= result.total_error(comparison.agree))
        ++comparison.agree;
    comparison.is_judged = !std::isnan(result.total_error(0));
    return result;
}

}  // namespace hadronforce
