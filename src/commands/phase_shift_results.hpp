#pragma once

#include "hadronforce/scattering/nonlocal_solver.hpp"
#include "hadronforce/setup/interaction_config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// What scattering theory says of one interaction.
struct Outcome {
    NonlocalScattering scattering;
    std::vector<double> energies;
    double limit = 0.0;  ///< above this energy charges bind without end
};

/// delta, k cot(delta), a0, r_eff, then so many bound states, NaN where there are fewer.
Eigen::RowVectorXd row_of(Outcome const& outcome, std::size_t bound_states);

/// The same of each resampling sample, and the errors that follow. A row is that of row_of, with bound states where all
/// samples have as many as the mean.
struct Spread {
    std::int64_t samples = 0;             ///< that converged
    std::vector<std::int64_t> left_out;   ///< that did not
    std::int64_t other_bound_states = 0;  ///< samples with another number of bound states than the mean
    IndexRange own;                       ///< rows of this rank, among those that converged
    RowMatrixXd rows;
    Eigen::RowVectorXd error;
    double inverse_length_error = 0.0;  ///< of 1/a0
    bool through_pole = false;          ///< a0 of some samples has the other sign: its error says nothing, 1/a0's does

    Eigen::Index bound_states(Eigen::Index momenta) const { return error.size() - 2 * momenta - 2; }
};

/// What a fitted kernel predicts beside the local potential that it acts as on the waves of the fit.
struct Comparison {
    Outcome effective;
    Eigen::ArrayXd difference_rad;  ///< delta of the kernel minus that of V_eff, the nearest multiple of pi taken off
    Eigen::ArrayXd error_rad;       ///< of the difference, from the samples; empty without
    /// Momenta up to which the difference stays within the error of delta, samples and starts together; so many.
    Eigen::Index agree = 0;
    bool is_judged = false;  ///< whether there are errors to judge by
};

struct PhaseShifts {
    Eigen::ArrayXd momenta;
    Outcome mean;
    std::optional<Spread> spread;
    /// Root mean square of the other starts from the best, laid out as a row of `spread`; empty where there are none.
    Eigen::RowVectorXd of_starts;
    RowMatrixXd start_deviations;  ///< of each of them
    std::int64_t other_starts = 0;
    std::optional<Comparison> comparison;
    std::optional<Outcome> seen;  ///< without what no wave of the fit has seen of its kernel
    /// Largest change of delta on panels half as long.
    double change_rad = 0.0;

    /// Of the quantity at this place of a row, samples and starts added in quadrature; NaN where neither is known.
    double total_error(Eigen::Index place) const;
};

/// Collective. Samples and starts are dealt over the ranks. Throws what NonlocalSolver does, naming the sample.
PhaseShifts solve_phase_shifts(Communicator const& comm, ConfiguredInteraction const& configured,
                               Eigen::ArrayXd const& momenta);

}  // namespace hadronforce
