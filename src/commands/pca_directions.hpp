#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/femtoscopy/correlation_gradient.hpp"
#include "hadronforce/femtoscopy/potential_directions.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// What the section `directions` of `pca` asks for: what one C(k*) of the dataset's family says of V(r).
struct DirectionsConfig {
    SampleFamily family;
    std::shared_ptr<UncoupledPair const> pair;
    Eigen::VectorXd parameters;  ///< of the family, where dC/dV is taken
    std::size_t wave = 0;        ///< among PairKind::partial_waves
    std::string potential;       ///< its path
    TentBasis tents{0.05, 100};
    PotentialPrior prior;
    std::vector<double> relative_errors;  ///< of C, the same at every k*
};

/// dC/dV of one wave, and how many directions of V are determined.
struct DirectionsOfPotential {
    Eigen::ArrayXd k_star_MeV;
    Eigen::ArrayXd correlation;
    Eigen::ArrayXd r_fm;
    Eigen::ArrayXd v_MeV;
    Eigen::MatrixXd gradient_per_MeV;   ///< momenta x radii
    PotentialDirections of_unit_error;  ///< at errors as large as C
    std::vector<double> relative_errors;
    std::vector<Eigen::Index> determined;  ///< of each of them
};

/// Collective. None without the section. Throws InputError with file and line, also for a family that is not of
/// uncoupled waves with local potentials.
std::optional<DirectionsConfig> read_directions(Section const& root, DatasetFile const& dataset,
                                                Communicator const& comm);

/// The genuine pair's, at the dataset's k* (the middle of bins). Not collective.
DirectionsOfPotential directions_of_potential(DirectionsConfig const& config);

}  // namespace hadronforce
