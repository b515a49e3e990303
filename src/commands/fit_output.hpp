#pragma once

#include "commands/fit_result.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// The CSV: parameters in comments, one line a bin; of several measurements their number in front.
std::string fit_table(FitConfig const& config, FitResult const& result);

/// What HEPData takes of a fit to one measurement: data, fit, genuine pairs.
std::string fit_hepdata(FitConfig const& config, FitResult const& result);

/// The CSV of a scan: the axes, chi^2, what it exceeds its least by, and the parameters, one line a cell.
std::string scan_table(FitConfig const& config, FitResult const& result);

/// Collective. A file of kind "fit", docs/direct_fit.md.
void write_fit(Communicator const& comm, std::string const& path, std::string const& config_text,
               FitConfig const& config, FitResult const& result);

}  // namespace hadronforce
