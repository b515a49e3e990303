#pragma once

#include "hadronforce/lattice/correlator_file.hpp"
#include "hadronforce/lattice/raw_waves.hpp"

#include <functional>
#include <string>
#include <vector>

namespace hadronforce {

/// Raw files of one baryon, by configuration. Without `antiparticle` the particle's correlator is taken as it is.
struct BaryonFiles {
    std::function<std::string(std::string const& configuration)> particle;
    std::function<std::string(std::string const& configuration)> antiparticle;
};

/// What becomes a correlator file.
struct ImportSettings {
    Ensemble ensemble;  ///< its `configurations` is the length of the list below
    std::vector<std::string> configurations;
    std::vector<std::int64_t> times;
    RawWaveFormat wave_format;
    std::function<std::string(std::string const& configuration, std::int64_t t)> wave_file;
    std::vector<BaryonFiles> baryons;  ///< one where both baryons are the same, else two
};

/// Collective. Reads waves and baryon correlators, each rank its share of the configurations, and forms R = C_2B/(C_B1
/// C_B2) from the means of each sample. Equal to the bit for any number of ranks. `progress`: called with the
/// configurations this rank has read. Throws InputError for a raw file that cannot be right, and where R is zero or not
/// finite.
Correlator import_correlator(Communicator const& comm, ImportSettings const& settings,
                             std::function<void(std::int64_t read)> const& progress = {});

}  // namespace hadronforce
