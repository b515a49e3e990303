#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/fit/fitted_measurement.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parameters/parameter.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

/// The config of `fit`.
struct FitConfig {
    std::vector<FittedMeasurement> measurements;
    std::vector<Parameter> parameters;
    bool profile = true;
    int more_starts = 0;
    std::uint64_t seed = 1;
    bool any_lambdas = false;  ///< lambdas that add to more than 1 are meant
    std::string file;
    std::string table;

    Eigen::Index bins() const;
};

/// Collective. Throws InputError with file and line.
FitConfig read_fit_config(Section const& root, Communicator const& comm);

}  // namespace hadronforce
