#pragma once

#include "hadronforce/storage/file.hpp"

#include <string>

namespace hadronforce {

/// Where a file comes from; written as attributes of "/".
struct Provenance {
    std::string kind;             ///< "dataset", "model", "solution", "inference"
    std::int64_t format_version = 1;
    std::string config;           ///< the resolved config as YAML text
    std::int64_t seed = 0;
    std::string program_version;  ///< filled by write_provenance when empty
    std::string commit;
    std::string date;             ///< ISO 8601, UTC
    std::int64_t ranks = 0;
};

/// Collective.
void write_provenance(File& file, Provenance const& provenance);

/// Collective. Throws InputError if the file is not one of ours, of another kind or of a newer format version.
Provenance read_provenance(File const& file, std::string const& expected_kind, std::int64_t newest_version);

/// Version and features of this build: program, commit, compiler, OpenMPI, HDF5, LibTorch if linked, instruction set.
std::string program_version();
std::string source_commit();

}  // namespace hadronforce
