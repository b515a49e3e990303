#pragma once

#include <string>

namespace hadronforce {

/// SHA-256 of a file's content as 64 hexadecimal digits, what `sha256sum` prints; empty for what is no regular file (a
/// pipe), which can be read only once. Not collective. Throws InputError where it cannot be read.
std::string digest_of_file(std::string const& path);

}  // namespace hadronforce
