#pragma once

#include <Eigen/Core>

namespace hadronforce {

/// Radii in fm at which V(r) is stored for pictures: 0 to 5 fm.
inline Eigen::ArrayXd potential_radii_fm() { return Eigen::ArrayXd::LinSpaced(501, 0.0, 5.0); }

}  // namespace hadronforce
