#pragma once

#include "hadronforce/fit/fitted_measurement.hpp"

#include <cstdint>
#include <vector>

namespace hadronforce {

/// What might have been measured as well.
struct Replica {
    std::vector<FittedMeasurement> measurements;
    std::vector<Parameter> parameters;  ///< with what might have been known of them beforehand
};

/// The measured correlation functions moved by their errors, and the means of normal priors, those of errors in common
/// among them, by their standard deviations; a function of (seed, number). Parameters start at `start`.
Replica replica(std::vector<FittedMeasurement> const& measurements, std::vector<Parameter> const& parameters,
                Eigen::VectorXd const& start, std::uint64_t seed, std::int64_t number);

}  // namespace hadronforce
