#include "hadronforce/interaction/local_potential.hpp"

namespace hadronforce {

double LocalPotential::value_MeV(double r_fm) const {
    Eigen::Array<double, 1, 1> const radius(r_fm);
    Eigen::Array<double, 1, 1> value;
    fill_MeV(radius, value);
    return value[0];
}

}  // namespace hadronforce
