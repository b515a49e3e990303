#pragma once

#include "commands/fit_config.hpp"
#include "commands/fit_result.hpp"
#include "hadronforce/fit/job_table.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/storage/file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// What a spread has numbers of: all parameters of the fit, then what its pairs have ("low.a0_fm" of several
/// measurements).
std::vector<Quantity> quantities_of_spread(FitConfig const& config);

/// Collective. The fit again to what might have been measured as well (replica), jobs shared by the ranks.
FitSpread bootstrap(Communicator const& comm, FitConfig const& config, FitResult const& result, StopRequest const& stop,
                    FinishedJobs& jobs);

/// Collective. The fits of `variations`.
FitSpread variations(Communicator const& comm, FitConfig const& config, FitResult const& result,
                     StopRequest const& stop, FinishedJobs& jobs);

/// What they say, a line each.
std::vector<std::string> spread_lines(FitConfig const& config, FitResult const& result);

/// `/bootstrap` and `/variations` of a fit's file.
void write_spreads(File& file, FitConfig const& config, FitResult const& result);

}  // namespace hadronforce
