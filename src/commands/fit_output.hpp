#pragma once

#include "commands/fit_config.hpp"
#include "hadronforce/fit/profile.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// What `fit` found.
struct FitResult {
    LeastSquaresFit fit;
    std::vector<ProfileErrors> profile;  ///< empty where none was asked for
    Eigen::ArrayXd model;                ///< in the bins
    Eigen::ArrayXd band;                 ///< its standard error from the parameters' covariance
    Eigen::ArrayXd genuine;              ///< C of the genuine pairs
    Eigen::ArrayXd residuals;            ///< (C - model)/error, bin by bin
    double degrees_of_freedom = 0.0;
    double p_value = 0.0;
};

/// The CSV: parameters in comments, one line a bin.
std::string fit_table(FitConfig const& config, FitResult const& result);

/// Collective. A file of kind "fit", docs/direct_fit.md.
void write_fit(Communicator const& comm, std::string const& path, std::string const& config_text,
               FitConfig const& config, FitResult const& result);

/// Parameters with both kinds of errors, correlations, chi^2 and p value.
std::string fit_report(FitConfig const& config, FitResult const& result);

}  // namespace hadronforce
