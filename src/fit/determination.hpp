#pragma once

#include "hadronforce/fit/least_squares.hpp"

#include <optional>
#include <vector>

namespace hadronforce {

/// From the fit's Jacobian and residuals: fills its covariance and its undetermined directions, among the parameters
/// `free`, and returns how much chi^2 is expected to fall along the determined ones. With `close_enough`, chi^2 has
/// ceased to fall: then the flattest directions, along which it should by more than that, are undetermined too.
double determine(std::vector<Eigen::Index> const& free, std::optional<double> const& close_enough,
                 LeastSquaresFit& fit);

}  // namespace hadronforce
