#pragma once

#include <Eigen/Core>

#include <string>

namespace hadronforce {

/// A correlation function to be explained: C at increasing k*.
struct MeasuredCorrelation {
    std::string path;
    Eigen::ArrayXd k_star_MeV;
    Eigen::ArrayXd correlation;
};

/// Reads the columns `k_star_MeV` and `C` of a CSV file; others are ignored. Not collective. Throws InputError with
/// file and line for what read_csv refuses, and for momenta that do not increase or are not positive.
MeasuredCorrelation read_measured_correlation(std::string const& path);

/// C at the momenta that a model was trained on: the measured values themselves where the momenta agree to 1e-6, else a
/// piecewise cubic interpolation (modified Akima). Throws InputError for measured momenta outside the model's range,
/// which it cannot judge, and for a range that the data do not cover.
struct CorrelationOnGrid {
    Eigen::ArrayXd correlation;
    bool interpolated = false;
};
CorrelationOnGrid on_grid(MeasuredCorrelation const& data, Eigen::ArrayXd const& k_star_MeV);

}  // namespace hadronforce
