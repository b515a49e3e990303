#pragma once

#include "commands/fit_result.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// What is fitted to what.
std::string fit_title(FitConfig const& config);

/// chi^2, parameters, what is open and what follows, a line each.
std::vector<std::string> result_lines(FitConfig const& config, FitResult const& result);

/// Parameters with both kinds of errors, correlations, what follows from them, chi^2 and p value.
std::string fit_report(FitConfig const& config, FitResult const& result);

}  // namespace hadronforce
