#pragma once

#include "hadronforce/lattice/sample_fits.hpp"

namespace hadronforce {

/// Collective. Writes the fits that are done under /samples.
void write_sample_fits(File& file, SampleFits const& fits);
/// Collective. Throws InputError for sizes that do not fit.
SampleFits read_sample_fits(File const& file, Eigen::Index parameters);

}  // namespace hadronforce
