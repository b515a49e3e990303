#pragma once

#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/fit/starts.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace hadronforce {

/// Data to be explained by a family's exact solutions.
struct ExactFitData {
    std::vector<BinEdges> bins;  ///< of each of the family's measurements
    Eigen::ArrayXd correlation;  ///< of all, one after the other
    /// Empty for data without errors: then all bins have one error, which their scatter about the fit tells.
    Eigen::MatrixXd covariance;
    double assumed_error = 0.0;  ///< a first guess of it
};

/// The best parameters of a family, of all its exact solutions.
struct ExactFit {
    Eigen::VectorXd values;
    /// To first order: from the data's errors or scatter, the solver's tolerance and where the fit ended; what these
    /// leave undetermined is bounded by the variance of the prior's interval. Bounds narrow nothing else.
    Eigen::MatrixXd covariance;
    std::vector<bool> at_bound;  ///< of its prior
    double chi2;                 ///< with the data's errors; for data without, the sum of squared deviations
    double degrees_of_freedom;
    Eigen::ArrayXd correlation;  ///< in the bins of the data
    /// Minima that explain the data too (chi^2 less than 9 above, as for three standard errors) and lie beyond the
    /// errors above; chi2 as above.
    std::vector<Minimum> others;
};

/// Parameters with the bounds of their priors, from a start that is moved inside them. `lowest` and `highest` bound
/// those that come from a file.
std::vector<Parameter> fit_parameters(SampleFamily const& family, Eigen::VectorXd start, Eigen::VectorXd const& lowest,
                                      Eigen::VectorXd const& highest);

/// The bounds' distance; of what moves in its logarithm that of the logarithms, to first order at `value`, where it is
/// less.
double prior_width(Parameter const& parameter, double value);

/// Collective. Least squares from the parameters' starts and others. More are drawn, up to `starts.at_most`, until
/// `is_enough` says so, of all ranks alike; `starts.goes_on` is not asked. Throws what best_of_starts throws.
ExactFit exact_fit(Communicator const& comm, SampleFamily family, ExactFitData const& data,
                   std::vector<Parameter> const& parameters, Starts const& starts,
                   std::function<bool(ExactFit const&)> const& is_enough = {});

/// chi^2 of some C with the data's errors; for data without, the sum of squared deviations.
double chi2_of(ExactFitData const& data, Eigen::ArrayXd const& correlation);

}  // namespace hadronforce
