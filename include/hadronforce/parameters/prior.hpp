#pragma once

#include <string>

namespace hadronforce {

/// Where the values of one parameter come from.
struct Prior {
    enum class Kind {
        fixed,        ///< always `first`
        uniform,      ///< in [first, second]
        log_uniform,  ///< the logarithm is uniform in [ln first, ln second], 0 < first
        normal,       ///< mean `first`, standard deviation `second`
        from_file     ///< a column of explicit design points
    };
    Kind kind = Kind::fixed;
    double first = 0.0;
    double second = 0.0;

    /// The quantile of a uniform number in (0, 1), so that one draw gives one value.
    double quantile(double uniform) const;
    /// ln of the density at `value`, minus infinity where there is none; 0 everywhere for what is fixed or from a file.
    double log_density(double value) const;
};

/// Empty if the prior makes sense, else what is wrong with it.
std::string problem_of(Prior const& prior);

/// "uniform in [1, 2]".
std::string describe(Prior const& prior);

}  // namespace hadronforce
