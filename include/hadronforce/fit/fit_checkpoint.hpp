#pragma once

#include "hadronforce/fit/job_table.hpp"

#include <string>

namespace hadronforce {

/// Collective. A file of kind "finished_jobs": what a fit that was stopped has done.
void write_finished_jobs(Communicator const& comm, std::string const& path, std::string const& config,
                         FinishedJobs const& jobs);

/// Collective. Throws InputError for a file that is not one, or was made with another config.
FinishedJobs read_finished_jobs(Communicator const& comm, std::string const& path, std::string const& config);

}  // namespace hadronforce
