#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/fit/fitted_measurement.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/fit_numbers.hpp"

#include <vector>

namespace hadronforce {

/// Collective. What a fit compares: the measurements of the section `measurements`, or the only one that the config's
/// top describes. A measurement takes what it does not say itself (pair, forces, source, lambda, ...) from the top, and
/// with it the parameters there, which are then shared. Throws InputError with file and line, also for a model that
/// cannot be solved at the start.
std::vector<FittedMeasurement> read_measurements(Section const& root, Communicator const& comm, FitNumbers& numbers);

}  // namespace hadronforce
