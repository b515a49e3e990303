#pragma once

#include "hadronforce/storage/file.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// Principal components of a cloud of points, and the map to whitened coordinates z = (x - mean) projection, whose
/// covariance over the cloud is one.
struct PrincipalComponents {
    Eigen::RowVectorXd mean;   ///< dimensions
    RowMatrixXd projection;    ///< dimensions x kept components
    Eigen::VectorXd variance;  ///< of each kept component, largest first
    double explained;          ///< share of the total variance that is kept
    /// Dimensions x at most 100, largest first: what the kept ones leave of a point is these columns times uncorrelated
    /// numbers of unit variance, but for what is below 1e-4 of the smallest kept one's standard deviation. At least one
    /// column unless all are kept.
    RowMatrixXd dropped;

    RowMatrixXd whitened(Eigen::Ref<RowMatrixXd const> const& points) const;
};

/// Keeps components down to `smallest_variance` times the largest, at most `most`. A component's sign is fixed by
/// making its largest entry positive, so that equal points give equal components. `points`: points x dimensions, at
/// least two points.
PrincipalComponents principal_components(Eigen::Ref<RowMatrixXd const> const& points, double smallest_variance,
                                         Eigen::Index most);

}  // namespace hadronforce
