#pragma once

#include "hadronforce/learning/trainer.hpp"

#include <string>

namespace hadronforce {

inline constexpr std::int64_t checkpoint_format_version = 1;

/// Collective. Writes the state to `path`.
void write_checkpoint(Communicator const& comm, std::string const& path, TrainingState const& state,
                      std::string const& config);

/// Collective. Throws InputError for a file that is not a checkpoint of the same config and network.
TrainingState read_checkpoint(Communicator const& comm, std::string const& path, std::string const& config,
                              std::int64_t parameter_count);

}  // namespace hadronforce
