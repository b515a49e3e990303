#pragma once

#include "hadronforce/storage/file.hpp"

#include <string>

namespace hadronforce {

/// Where a file comes from.
struct Provenance {
    std::string kind;  ///< "dataset", "model", "checkpoint", "predictions", "solution", "inference"
    std::int64_t format_version = 1;
    std::string config;  ///< the resolved config as YAML text
    std::int64_t seed = 0;
};

/// Collective. Attributes of "/": kind, format_version, program, commit, config, seed, date (UTC, ISO 8601) and ranks.
void write_provenance(File& file, Provenance const& provenance);

/// Collective. Throws InputError if the file is not one of ours, not of `expected_kind` (any if empty), or of a format
/// newer than `newest_version`.
Provenance read_provenance(File const& file, std::string const& expected_kind, std::int64_t newest_version);

/// "0.1.0", the source's commit ("unknown" outside a checkout), and one line on how this was built: compiler, MPI,
/// HDF5, instruction set.
std::string program_version();
std::string source_commit();
std::string build_description();

}  // namespace hadronforce
