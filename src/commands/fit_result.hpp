#pragma once

#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/fit/derived.hpp"
#include "hadronforce/fit/profile.hpp"
#include "hadronforce/setup/fit_config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// A measurement as the fit sees it.
struct MeasurementResult {
    Eigen::ArrayXd model;                ///< in the bins, with the shifts of correlated errors
    Eigen::ArrayXd band;                 ///< its standard error from the parameters' covariance
    Eigen::ArrayXd genuine;              ///< C of the genuine pairs
    PartsOfCorrelation parts;            ///< what the fitted C is made of, without those shifts
    std::vector<Eigen::ArrayXd> shifts;  ///< what each of them adds
    Eigen::ArrayXd residuals;            ///< (C - model)/error, bin by bin
    double chi2 = 0.0;
    std::vector<Quantity> numbers;  ///< of the genuine pair, as the fit has it
    Derived derived_numbers;
    std::vector<Quantity> curves;  ///< one value a bin, in its middle
    Derived derived_curves;        ///< of all bins of the first curve, then of the next
    std::vector<std::string> potentials;
    Derived derived_potentials;  ///< V in MeV at potential_radii_fm() of the first, then of the next
};

/// What `fit` found.
struct FitResult {
    LeastSquaresFit fit;
    std::vector<ProfileErrors> profile;  ///< empty where none was asked for
    std::vector<Minimum> others;         ///< minima that describe the data too, beyond the errors of `fit`
    std::vector<MeasurementResult> measurements;
    double degrees_of_freedom = 0.0;
    double p_value = 0.0;
    std::optional<ScanResult> scan;
    std::optional<FitSpread> bootstrap, variations;
};

/// What follows for the measurements from the parameters that were fitted.
void describe(FitConfig const& config, FitResult& result);

}  // namespace hadronforce
