#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// C at the momenta that a model was trained on: the measured values themselves where the momenta agree to 1e-6, else a
/// piecewise cubic interpolation (modified Akima). Throws InputError for measured momenta outside the model's range,
/// which it cannot judge, and for a range that the data do not cover.
struct CorrelationOnGrid {
    Eigen::ArrayXd correlation;
    bool interpolated = false;
};
CorrelationOnGrid on_grid(MeasuredCorrelation const& data, Eigen::ArrayXd const& k_star_MeV);

}  // namespace hadronforce
