#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/bin_average.hpp"
#include "hadronforce/femtoscopy/measured_correlation.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <optional>
#include <string>

namespace hadronforce {

/// What a fit compares with.
struct MeasuredData {
    MeasuredCorrelation bins;
    Eigen::ArrayXd
        variance;  ///< of each bin in the chi^2; empty for data without errors, of a command that does without
    std::optional<Eigen::MatrixXd> covariance;  ///< where a second table gives one, that variance on its diagonal
};

/// Collective. Reads a section `data` (docs/config_keys.md): the file, CSV or HEPData's YAML by its name, the range of
/// k*, and which errors count. `file_key`: under which the file stands. Throws InputError with file and line, also for
/// data without errors where `needs_errors`.
MeasuredData read_measured_data(Section const& section, Communicator const& comm, std::string const& file_key = "file",
                                bool needs_errors = true);

/// Collective. A weight over k* from the columns k_star_MeV and weight of a CSV file, linear in between and constant
/// outside. Throws InputError with file and line.
BinAverage::Weight read_weight(std::string const& path, Communicator const& comm);

}  // namespace hadronforce
