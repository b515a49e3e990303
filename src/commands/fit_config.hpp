#pragma once

#include "commands/measured_config.hpp"
#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/measurement_model.hpp"
#include "hadronforce/fit/least_squares.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

/// The config of `fit`.
struct FitConfig {
    MeasuredData data;
    MeasurementModel model;
    std::vector<FitParameter> parameters;  ///< named by their keys, "source.r0_fm"
    bool profile = true;
    int more_starts = 0;
    std::uint64_t seed = 1;
    bool any_lambdas = false;  ///< lambdas that add to more than 1 are meant
    std::string file;
    std::string table;

    /// The model in the bins of the data; one a thread.
    CorrelationModel make_model() const { return {model, data.bins.k_low_MeV, data.bins.k_high_MeV}; }
};

/// Collective. A number becomes a parameter of the fit where it is written as {start: ..., min: ..., max: ...}. Throws
/// InputError with file and line.
FitConfig read_fit_config(Section const& root, Communicator const& comm);

}  // namespace hadronforce
