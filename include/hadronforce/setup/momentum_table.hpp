#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <string>

namespace hadronforce {

/// A curve over k* in a file; linear between its momenta, constant outside.
struct MomentumTable {
    Eigen::ArrayXd k_star_MeV;  ///< increasing
    Eigen::ArrayXd values;
    double operator()(double k_star_MeV) const;
};

/// Collective. From the columns k_star_MeV and `column` of a CSV file. Throws InputError with file and line, also for
/// momenta that do not increase or, where they may not be, values below 0.
MomentumTable read_momentum_table(std::string const& path, std::string const& column, bool may_be_negative,
                                  Communicator const& comm);

}  // namespace hadronforce
