#pragma once

#include <cstdint>
#include <string>

namespace hadronforce {

/// Makes the disk keep room for the first `bytes` of a file, which is made if it is not there; its length and content
/// stay. Not collective. Throws std::runtime_error where there is no room; where the file system cannot promise, it
/// only looks.
void reserve_disk_space(std::string const& path, std::int64_t bytes);

/// "12 MB free", of the disk that holds `path`.
std::string free_disk_space(std::string const& path);

}  // namespace hadronforce
