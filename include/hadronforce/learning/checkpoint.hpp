#pragma once

#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/storage/run_identity.hpp"

#include <string>

namespace hadronforce {

inline constexpr std::int64_t checkpoint_format_version = 2;

/// Collective. Writes the state to `path`.
void write_checkpoint(Communicator const& comm, std::string const& path, TrainingState const& state,
                      RunIdentity const& identity);

/// How far a training goes and how large its network is.
struct CheckpointSize {
    std::int64_t epochs;
    std::int64_t steps_an_epoch;
    std::int64_t parameters;
    bool has_average;  ///< of the weights
};

/// Collective. Throws InputError for a file that is not a checkpoint of the same run and network, or whose content
/// cannot be one: numbers that are not finite, counts that do not fit together.
TrainingState read_checkpoint(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                              CheckpointSize const& size);

}  // namespace hadronforce
