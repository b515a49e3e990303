#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// An error that moves all bins together, by the same number of standard deviations.
struct CorrelatedError {
    std::string name;
    double relative = 0.0;     ///< standard deviation, as a part of C
    Eigen::ArrayXd of_bins{};  ///< or that of each bin; empty where it is relative
};

/// What a fit compares with.
struct MeasuredData {
    MeasuredCorrelation bins;
    /// Of each bin in the chi^2; empty for data without errors, of a command that does without.
    Eigen::ArrayXd variance;
    std::optional<Eigen::MatrixXd> covariance;  ///< where a second table gives one, that variance on its diagonal
    std::vector<CorrelatedError> correlated;    ///< beside them
};

/// Covariance of the data with their correlated errors, those that are relative taken of the measured C; bins x bins.
Eigen::MatrixXd full_covariance(MeasuredData const& data);

}  // namespace hadronforce
