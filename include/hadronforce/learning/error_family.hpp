#pragma once

#include "hadronforce/parameters/prior.hpp"

#include <Eigen/Core>

#include <cstdint>

namespace hadronforce {

/// Errors of measured C(k*), of which each sight of a sample draws its own: of a bin
/// sigma = size (k / 100 MeV/c)^momentum_power C^correlation_power, independent between bins; beside it one of the
/// normalisation, common to all bins. Counted pairs have the powers -1 and 1/2 where their number grows as k^2.
struct ErrorFamily {
    Prior size{Prior::Kind::log_uniform, 1e-4, 1e-1};
    Prior momentum_power{Prior::Kind::fixed, 0.0, 0.0};
    Prior correlation_power{Prior::Kind::fixed, 1.0, 0.0};
    double normalisation = 0.0;  ///< relative standard deviation

    /// Errors as a measurement quotes them, from its C: those of numbers below what can be told from zero are as there.
    Eigen::RowVectorXd quoted(Eigen::ArrayXd const& k_star_MeV, Eigen::RowVectorXd const& measured, double size,
                              double momentum_power, double correlation_power) const;
    /// The power of C that fits quoted errors best: of the prior's quantiles that which leaves, of what
    /// `error_at_one` gives, the smoothest function of k*.
    double likely_correlation_power(Eigen::ArrayXd const& k_star_MeV, Eigen::ArrayXd const& measured,
                                    Eigen::ArrayXd const& quoted) const;
};

/// The error that a bin with this quoted error would have at C = 1: the inverse of ErrorFamily::quoted.
double error_at_one(double measured, double quoted, double correlation_power);

/// C with errors, and these as they are quoted.
struct NoisyCorrelation {
    Eigen::RowVectorXd correlation, error;
};

/// What sight `sight` of a sample sees of C: a function of its arguments alone.
NoisyCorrelation seen_with_errors(ErrorFamily const& family, Eigen::ArrayXd const& k_star_MeV,
                                  Eigen::RowVectorXd const& correlation, std::int64_t seed, std::int64_t sight);

}  // namespace hadronforce
