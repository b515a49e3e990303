#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/fit/fitted_measurement.hpp"
#include "hadronforce/fit/scan.hpp"
#include "hadronforce/fit/spread.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parameters/parameter.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

/// An axis of a scan: a parameter, or a quantity of a measurement's genuine pair.
struct FitScanAxis {
    ScanAxis axis;
    std::size_t measurement = 0;
    Eigen::Index quantity = 0;  ///< place among the numbers of its kind
};

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
    std::string hepdata;            ///< of a single measurement
    std::vector<FitScanAxis> scan;  ///< one axis or two; empty where none is asked for
    std::string scan_table;
    std::vector<FitVariation> variations;
    std::int64_t bootstrap_samples = 0;
    std::uint64_t bootstrap_seed = 1;

    Eigen::Index bins() const;
};

/// Collective. Throws InputError with file and line.
FitConfig read_fit_config(Config const& config, Communicator const& comm);

}  // namespace hadronforce
