#pragma once

#include "hadronforce/fit/fitted_measurement.hpp"
#include "hadronforce/fit/job_table.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace hadronforce {

/// Fits beside a fit, one a row.
struct FitSpread {
    Eigen::VectorXd converged;  ///< 1, or 0 where there is no fit
    Eigen::VectorXd chi2;
    Eigen::VectorXd degrees_of_freedom;
    Eigen::MatrixXd values;  ///< of quantities_of_spread; not a number where a fit has none

    /// Ascending, of one quantity, of fits that converged.
    std::vector<double> sorted(Eigen::Index quantity) const;
};

/// The same fit with other choices.
struct FitVariation {
    std::string label;  ///< what is other, "data.k_max_MeV=200"
    std::vector<FittedMeasurement> measurements;
    std::vector<Parameter> parameters;
};

/// "low." before what is known of the measurement `low`; nothing where there is no other.
std::string prefix_of(FittedMeasurement const& measured);

/// What a spread has numbers of: all parameters of the fit, then what its pairs have ("low.a0_fm" of several
/// measurements).
std::vector<Quantity> quantities_of_spread(std::vector<FittedMeasurement> const& measurements,
                                           std::vector<Parameter> const& parameters);

/// Collective. The fit again to `samples` tables that might have been measured as well (replica), from `best`; jobs
/// shared by the ranks, under "bootstrap". `should_stop`: whether this rank was asked to. Throws Interrupted.
FitSpread bootstrap(Communicator const& comm, std::vector<FittedMeasurement> const& measurements,
                    std::vector<Parameter> const& parameters, Eigen::VectorXd const& best, Eigen::Index samples,
                    std::uint64_t seed, std::function<bool()> const& should_stop, FinishedJobs& jobs);

/// Collective. The fits of `variations` of a fit of `measurements` that ended at `best`, the same way.
FitSpread fit_variations(Communicator const& comm, std::vector<FittedMeasurement> const& measurements,
                         std::vector<Parameter> const& parameters, Eigen::VectorXd const& best,
                         std::vector<FitVariation> const& variations, std::function<bool()> const& should_stop,
                         FinishedJobs& jobs);

/// Of ascending values, linear between them. `part` from 0 to 1.
double quantile(std::vector<double> const& values, double part);

}  // namespace hadronforce
