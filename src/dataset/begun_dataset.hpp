#pragma once

#include "hadronforce/dataset/generator.hpp"

namespace hadronforce {

/// Rows of one block, the unit in which a dataset is begun, stopped and continued.
inline constexpr std::int64_t block_samples = 1024;

std::int64_t blocks_of(std::int64_t samples);
IndexRange rows_of_blocks(IndexRange blocks, std::int64_t samples);

/// Collective. Throws InputError where a file, begun or complete, is not this run's: "exists and was made", "was
/// begun".
void check_identity(Communicator const& comm, std::string const& path, char const* what_another_did,
                    RunIdentity const& identity);

/// Collective. All metadata of `file.part`, written under a third name so that a `.part` is always a file that can be
/// opened. From then on only raw data is written, which touches no metadata.
void create_part(Communicator const& comm, SampleFamily const& family, DatasetSettings const& settings);

/// Collective. Throws InputError where a begun file has other samples than this run, which configs that are alike may
/// have in an older program.
void check_shapes(File const& file, SampleFamily const& family, DatasetSettings const& settings);

/// Collective. 1 for each block whose rows have their checksums, the same on all ranks. A failed sample that is not to
/// be kept makes its block one to compute. `curves`: names of those that the family keeps.
std::vector<std::int64_t> finished_blocks(File const& file, DatasetSettings const& settings,
                                          std::vector<std::string> const& curves);

}  // namespace hadronforce
