#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <string>

namespace hadronforce {

/// The real part of a single-baryon correlator for t = 0 ... T - 1 from a text file: column 0 is t, columns 1 and 2 the
/// real and imaginary part, what follows is not read. Throws InputError "path:line: ..." for lines that are missing,
/// out of order or not finite. Not collective.
Eigen::ArrayXd read_baryon_correlator(std::string const& path, std::int64_t temporal_extent);

/// Mean of the particle's correlator and the magnitude of the antiparticle's at (T - t) mod T, its backward half.
Eigen::ArrayXd fold(Eigen::ArrayXd const& particle, Eigen::ArrayXd const& antiparticle);

}  // namespace hadronforce
