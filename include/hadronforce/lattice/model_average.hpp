#pragma once

#include "hadronforce/lattice/resampling.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// What many models of the same data say of some quantities.
struct ModelGrid {
    Eigen::VectorXd weights;                ///< of each model, sum one
    std::vector<std::vector<int>> choices;  ///< of each model: the level of each factor
    RowMatrixXd values;                     ///< models x quantities
    RowMatrixXd other_starts;               ///< models x quantities: variance of each model's mean over starts
    std::vector<RowMatrixXd> samples;       ///< of each model: samples x quantities, the same samples for all
    Resampling::Kind kind = Resampling::Kind::jackknife;
    std::int64_t left_out = 0;  ///< samples that are missing
};

/// Averages over the models and where their errors come from, quantity by quantity.
struct ErrorBudget {
    Eigen::RowVectorXd value;        ///< weighted mean over the models
    Eigen::RowVectorXd statistical;  ///< error of that mean from the samples
    RowMatrixXd spread;              ///< factors x quantities: root of each factor's share of the variance of models
    RowMatrixXd systematic;          ///< the same without what the noise of the data alone spreads
    Eigen::RowVectorXd starts;       ///< from the starts of each fit
    Eigen::RowVectorXd total;        ///< statistical, systematic and starts in quadrature
    Eigen::RowVectorXd up, down;  ///< systematic and starts, by how much of the models' variance lies above and below
};

/// The variance of the models' values is divided among the factors as Shapley divides a gain: what a factor adds to the
/// variance of the mean over those not yet known, averaged over all orders in which they become known (Owen 2014);
/// shares are not negative and add up. Models also differ as noise moves them differently, though no choice is wrong:
/// that part, the same division of the variance over the samples' deviations, is already in `statistical` and is taken
/// off; what is left is at least zero. Not collective. Throws InputError for more than eight factors, fewer than two
/// samples, or sizes that do not fit together.
ErrorBudget error_budget(ModelGrid const& grid);

}  // namespace hadronforce
