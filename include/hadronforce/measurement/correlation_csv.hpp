#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"
#include "hadronforce/measurement/momentum_variable.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Columns of one error; `up` is `down` where it is symmetric.
struct ErrorColumns {
    std::string name;
    std::string down;
    std::string up;
};

/// What the columns of a CSV file mean. Empty names are looked for: k_low and k_high, k_star or k, each with or without
/// _MeV or _GeV (of q_inv: q_low, q_high, q_inv, q, Q too); C; and as errors NAME_err, or NAME_err_down and
/// NAME_err_up.
struct CorrelationColumns {
    std::string k_low, k_high;  ///< edges of the bins; either may be absent where k_star is given
    std::string k_star;         ///< their centres, or the momenta themselves
    std::string value;
    std::optional<std::vector<ErrorColumns>> errors;
};

/// Reads a CSV file (see read_csv). The lower sides of an error may all have a negative sign. Not collective. Throws
/// InputError with file and line for what read_csv or check_measured_correlation refuses, and for columns that are
/// missing.
MeasuredCorrelation read_correlation_csv(std::string const& path, CorrelationColumns const& columns = {},
                                         MomentumReading const& reading = {});

}  // namespace hadronforce
