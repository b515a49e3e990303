#pragma once

#include <string>

namespace hadronforce {

/// SHA-256 of a file's content as 64 hexadecimal digits, what `sha256sum` prints; empty for what is no regular file (a
/// pipe), which can be read only once. Not collective. Throws InputError where it cannot be read.
std::string digest_of_file(std::string const& path);

class File;

/// Collective. Gives a complete file the attribute `/@content_sha256` of the names and numbers of all its datasets,
/// which HDF5 itself does not guard.
void write_digest_of_content(File& file);

/// Collective. Throws InputError, which ends with `what_to_do`, where the numbers are others than those that were
/// written. Files without a digest pass.
void check_digest_of_content(File const& file, std::string const& what_to_do);

}  // namespace hadronforce
