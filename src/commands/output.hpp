#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <functional>
#include <string>

namespace hadronforce {

/// Collective. Throws InputError where no file of that name can be made: its directory is missing or may not be
/// written, or it is a directory itself. For what shall show before long work, not after it.
void check_place_of(Communicator const& comm, std::string const& path);

/// Collective. Lets `write` make a temporary file beside `path`, then renames it; a failure leaves what was at `path`.
/// Throws as check_place_of before it begins.
void write_atomically(Communicator const& comm, std::string const& path,
                      std::function<void(std::string const& temporary)> const& write);

/// Collective. The same for a text that rank 0 writes. Throws InputError where the directory is missing,
/// std::runtime_error where the disk is full.
void write_text(Communicator const& comm, std::string const& path, std::string const& text);

/// Radii in fm at which V(r) is stored for pictures: 0 to 5 fm.
Eigen::ArrayXd potential_radii_fm();

}  // namespace hadronforce
