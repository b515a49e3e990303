#pragma once

#include "commands/fit_result.hpp"
#include "hadronforce/setup/fit_config.hpp"
#include "hadronforce/storage/file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// What bootstrap and variations say, a line each.
std::vector<std::string> spread_lines(FitConfig const& config, FitResult const& result);

/// `/bootstrap` and `/variations` of a fit's file.
void write_spreads(File& file, FitConfig const& config, FitResult const& result);

}  // namespace hadronforce
