#pragma once

#include "hadronforce/lattice/cubic_orbits.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <array>
#include <string>

namespace hadronforce {

/// How a Nambu-Bethe-Salpeter wave lies in its file; docs/lattice_format.md gives the bytes.
struct RawWaveFormat {
    enum class Kind {
        compressed_a1,   ///< little-endian Fortran records, one site of each orbit, 4 x 4 spin components
        big_endian_zyx,  ///< doubles on all sites, (z, y, x, re/im)
        hdf5             ///< a dataset of shape L x L x L x 2 (re/im) or L x L x L (real), axes z, y, x
    };
    Kind kind = Kind::compressed_a1;
    /// compressed_a1: spin indices a and b, from 0, of the wave (M_aa - M_ab - M_ba + M_bb)/2.
    std::array<int, 2> spin_components{1, 2};
    std::string dataset;  ///< hdf5: its name in the file
};

/// The real part of one wave, one value an orbit; fields on all sites are projected to A1+. Throws InputError naming
/// the file for one that is missing, truncated, of another lattice, or holds a number that is not finite. Collective
/// over `self`, a communicator of this rank alone.
Eigen::ArrayXd read_raw_wave(Communicator const& self, RawWaveFormat const& format, std::string const& path,
                             CubicOrbits const& orbits);

}  // namespace hadronforce
