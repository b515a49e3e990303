#pragma once

#include <string>

namespace hadronforce {

/// Whether the objects of every global heap collection of an HDF5 file (where texts of variable length lie) follow one
/// another to its end. On others HDF5 1.10 reads for ever. Looks at the first and last 64 MiB of a larger file.
/// Format: HDF5 File Format Specification 3.0, III.E. Not collective.
bool global_heaps_are_sound(std::string const& path);

}  // namespace hadronforce
