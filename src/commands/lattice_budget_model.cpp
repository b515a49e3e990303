#include "commands/lattice_budget_model.hpp"

#include "commands/phase_shift_results.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/lattice/effective_local.hpp"
#include "hadronforce/setup/interaction_config.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hadronforce {
namespace {

FitQuality quality_of(KernelFitConfig const& c, KernelFitInput const& input, KernelFitOutcome const& outcome,
                      double bin_width_fm) {
    auto const& fits = outcome.kernel.samples->fits;
    auto const mean = binned_potential(outcome.kernel.network, input.mean, c.fit, bin_width_fm);
    std::vector<BinnedPotential> of_samples;
    std::vector<std::int64_t> kept;
    KernelNetwork network = outcome.kernel.network;
    for (std::int64_t s = 0; s < fits.done; ++s) {
        if (fits.converged[static_cast<std::size_t>(s)] == 0) continue;
        network.set_parameters(fits.parameters.row(s).transpose());
        kept.push_back(s);
        of_samples.push_back(binned_potential(network, input.correlator_data->sample(*input.correlator, {s, s + 1}),
                                              c.fit, bin_width_fm));
    }
    if (kept.size() < 4) throw std::runtime_error("has fewer than four samples that converged");
    RowMatrixXd data(kept.size(), mean.data.size()), residuals = data;
    for (std::size_t s = 0; s < kept.size(); ++s) {
        data.row(static_cast<Eigen::Index>(s)) = of_samples[s].data;
        residuals.row(static_cast<Eigen::Index>(s)) = of_samples[s].residual;
    }
    auto const& ensemble = input.correlator->ensemble();
    auto const& resampling = ensemble.resampling;
    std::int64_t const bins = ensemble.configurations / resampling.bin_size;
    return fit_quality(mean.residual, bin_deviations(resampling, bins, kept, data),
                       bin_deviations(resampling, bins, kept, residuals), input.correlator_data->error_floor_MeV());
}

/// From a row of phase shifts and V(r).
Eigen::RowVectorXd quantities(Eigen::RowVectorXd const& shifts, Eigen::Index momenta, Eigen::ArrayXd const& V) {
    BudgetQuantities const place{momenta, V.size()};
    Eigen::RowVectorXd row(place.count());
    row[place.scattering_length] = shifts[2 * momenta];
    row[place.inverse_length] = 1.0 / shifts[2 * momenta];
    row[place.effective_range] = shifts[2 * momenta + 1];
    row[place.energy] = shifts.size() > 2 * momenta + 2 ? shifts[2 * momenta + 2] : 0.0;
    row.segment(place.delta, momenta) = shifts.head(momenta);
    row.tail(place.radii) = V.matrix().transpose();
    return row;
}

/// V_eff(r).
Eigen::ArrayXd potential(KernelNetwork const& network, Eigen::VectorXd const& coefficients, Eigen::ArrayXd const& r) {
    Eigen::ArrayXd V(r.size());
    EffectiveLocalPotential(network, coefficients).fill_MeV(r, V);
    return V;
}

/// How the mean over the starts of a fit differs from the best, and the variance of that mean.
struct StartAverage {
    Eigen::RowVectorXd change;
    Eigen::RowVectorXd variance;
};

/// Starts are draws of hidden units: each counts with exp(-loss/2), the loss in `independent` parts of what it is, as
/// so many of its points are independent.
StartAverage average_starts(FittedKernel const& kernel, KernelFitData const& mean, PhaseShifts const& shifts,
                            Eigen::RowVectorXd const& best, BudgetQuantities const& place, Eigen::ArrayXd const& r,
                            double independent) {
    auto const& starts = kernel.starts;
    RowMatrixXd changes = RowMatrixXd::Zero(shifts.other_starts + 1, best.size());
    Eigen::ArrayXd loss(changes.rows());
    loss[0] = starts.loss[static_cast<std::size_t>(starts.best())];
    KernelNetwork network = kernel.network;
    Eigen::Index n = 1;
    for (std::int64_t i = 0; i < starts.done; ++i) {
        if (i == starts.best() || starts.converged[static_cast<std::size_t>(i)] == 0) continue;
        network.set_parameters(starts.parameters.row(i).transpose());
        Eigen::RowVectorXd const shift =
            shifts.start_deviations.row(n - 1) + row_of(shifts.mean, shifts.mean.energies.size());
        changes.row(n) =
            quantities(shift, place.momenta, potential(network, effective_local_coefficients(network, mean), r)) - best;
        // Where a start has no bound state its energy is zero; where samples have none, that of all is.
        auto& of_energy = changes(n, place.energy);
        if (best[place.energy] == 0.0)
            of_energy = 0.0;
        else if (!std::isfinite(of_energy))
            of_energy = -best[place.energy];
        loss[n++] = starts.loss[static_cast<std::size_t>(i)];
    }
    Eigen::VectorXd weights = (-0.5 * independent * (loss - loss[0])).exp().matrix();
    weights /= weights.sum();
    double const starts_that_count = 1.0 / weights.squaredNorm();
    StartAverage result;
    result.change = weights.transpose() * changes;
    result.variance =
        weights.transpose() * (changes.rowwise() - result.change).cwiseAbs2() / std::max(starts_that_count - 1.0, 1.0);
    return result;
}

BudgetRow fit_and_solve(Communicator const& self, KernelFitConfig const& c, KernelFitInput const& input,
                        LatticeBudgetConfig const& config, std::function<bool()> const& should_stop) {
    KernelFitWatch watch;
    watch.should_stop = should_stop;
    KernelFitProgress done;
    auto const outcome = fit_mean_and_samples(self, c, input, watch, done);

    BudgetRow row;
    row.converged = done.starts.converged[static_cast<std::size_t>(done.starts.best())] != 0;
    row.chi2_per_point = outcome.report.chi2_per_point.value_or(std::nan(""));
    row.quality = quality_of(c, input, outcome, config.bin_width_fm);

    auto interaction = fitted_interaction(outcome.kernel);
    interaction.seen.reset();
    interaction.effective.reset();  // what it predicts beside the kernel is not asked for
    interaction.effective_samples.clear();
    auto const shifts = solve_phase_shifts(self, interaction, config.momenta_MeV);
    auto const& spread = *shifts.spread;
    auto const& r = config.radii_fm;
    auto const& kernel = outcome.kernel;
    BudgetQuantities const place{config.momenta_MeV.size(), r.size()};
    Eigen::Index const n = place.momenta, states = spread.bound_states(n);
    row.values = quantities(row_of(shifts.mean, static_cast<std::size_t>(states)), n,
                            potential(kernel.network, kernel.effective_coefficients, r));
    auto const& fits = kernel.samples->fits;
    row.samples = row.values.replicate(fits.done, 1);
    row.samples_converged = Eigen::VectorXd::Zero(fits.done);
    KernelNetwork network = kernel.network;
    for (std::int64_t s = 0, kept = 0; s < fits.done; ++s) {
        if (fits.converged[static_cast<std::size_t>(s)] == 0) continue;
        row.samples_converged[s] = 1.0;
        network.set_parameters(fits.parameters.row(s).transpose());
        auto const& coefficients = kernel.samples->effective_coefficients;
        row.samples.row(s) =
            quantities(spread.rows.row(kept++), n, potential(network, coefficients.row(s).transpose(), r));
    }
    row.other_starts = Eigen::RowVectorXd::Zero(row.values.size());
    if (shifts.other_starts > 0) {
        auto const starts = average_starts(kernel, input.mean, shifts, row.values, place, r,
                                           row.quality.points / static_cast<double>(input.correlator_data->points()));
        row.values += starts.change;
        row.samples.rowwise() += starts.change;
        row.other_starts = starts.variance;
    }
    if (!row.packed().allFinite()) throw std::runtime_error("has predictions that are not finite");
    return row;
}

}  // namespace

Eigen::VectorXd BudgetRow::packed() const {
    Eigen::VectorXd numbers(size(samples.rows(), values.size()));
    numbers << quality.chi2, quality.expected, quality.points, quality.parameters, chi2_per_point,
        converged ? 1.0 : 0.0, values.transpose(), other_starts.transpose(), samples_converged,
        samples.reshaped<Eigen::RowMajor>();
    return numbers;
}

BudgetRow BudgetRow::unpacked(Eigen::VectorXd const& numbers, Eigen::Index samples, Eigen::Index quantities) {
    BudgetRow row;
    row.quality = {numbers[0], numbers[1], numbers[2], numbers[3]};
    row.chi2_per_point = numbers[4];
    row.converged = numbers[5] != 0.0;
    row.values = numbers.segment(6, quantities).transpose();
    row.other_starts = numbers.segment(6 + quantities, quantities).transpose();
    row.samples_converged = numbers.segment(6 + 2 * quantities, samples);
    row.samples = numbers.tail(samples * quantities).reshaped<Eigen::RowMajor>(samples, quantities);
    return row;
}

BudgetRow work_out_model(Communicator const& self, BudgetModel const& model, LatticeBudgetConfig const& config,
                         std::function<bool()> const& should_stop) {
    KernelFitConfig c = model.config;
    KernelFitInput const input = read_kernel_fit_input(self, c);
    try {
        return fit_and_solve(self, c, input, config, should_stop);
    } catch (InputError const& error) {  // a model that fits nothing is left out
        throw std::runtime_error(error.what());
    }
}

}  // namespace hadronforce
