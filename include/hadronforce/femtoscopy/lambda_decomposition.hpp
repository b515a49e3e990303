#pragma once

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// A part of the measured pairs: genuine ones, those that came from a decay, or misidentified ones.
struct PairFraction {
    double lambda;
    Eigen::ArrayXd correlation;  ///< C_i; of a flat contribution ones
};

/// C = 1 + sum_i lambda_i (C_i - 1). What the lambdas leave of 1 is flat. Throws InputError where there is no part or
/// they differ in length.
Eigen::ArrayXd lambda_decomposition(std::vector<PairFraction> const& parts);

}  // namespace hadronforce
