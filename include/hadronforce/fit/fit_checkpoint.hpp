#pragma once

#include "hadronforce/fit/job_table.hpp"
#include "hadronforce/storage/run_identity.hpp"

#include <string>

namespace hadronforce {

/// Collective. A file of kind "finished_jobs": what a fit that was stopped has done.
void write_finished_jobs(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                         FinishedJobs const& jobs);

/// Collective. Throws InputError for a file that is not one, or was made with another config or other data.
FinishedJobs read_finished_jobs(Communicator const& comm, std::string const& path, RunIdentity const& identity);

}  // namespace hadronforce
