#pragma once

#include "commands/kernel_fit_run.hpp"
#include "hadronforce/lattice/fit_quality.hpp"
#include "hadronforce/setup/lattice_budget_config.hpp"

#include <functional>

namespace hadronforce {

/// Places in a row of quantities: a0 in fm, 1/a0 in 1/fm, r_eff in fm, E in MeV of the deepest bound state, zero where
/// there is none, delta(k) in rad, V(r) in MeV.
struct BudgetQuantities {
    Eigen::Index momenta = 0;
    Eigen::Index radii = 0;

    static constexpr Eigen::Index scattering_length = 0, inverse_length = 1, effective_range = 2, energy = 3, delta = 4;
    Eigen::Index potential() const { return delta + momenta; }
    Eigen::Index count() const { return potential() + radii; }
};

/// What a budget keeps of one model.
struct BudgetRow {
    FitQuality quality;
    double chi2_per_point = 0.0;  ///< without correlations
    bool converged = false;
    Eigen::RowVectorXd values;        ///< quantities, mean over the starts
    Eigen::RowVectorXd other_starts;  ///< variance of that mean
    RowMatrixXd samples;  ///< samples x quantities, moved as `values` are from the best start; `values` of those that
                          ///< did not converge
    Eigen::VectorXd samples_converged;

    /// The same as numbers, for a checkpoint.
    Eigen::VectorXd packed() const;
    static BudgetRow unpacked(Eigen::VectorXd const& numbers, Eigen::Index samples, Eigen::Index quantities);
    static Eigen::Index size(Eigen::Index samples, Eigen::Index quantities) {
        return 6 + 2 * quantities + samples + samples * quantities;
    }
};

/// Fits one model to its correlator, mean and samples, and solves for all quantities. `self`: this rank alone. Throws
/// what fits and scattering throw, InputError and others; Stopped where the fit was.
BudgetRow work_out_model(Communicator const& self, BudgetModel const& model, LatticeBudgetConfig const& config,
                         std::function<bool()> const& should_stop);

}  // namespace hadronforce
