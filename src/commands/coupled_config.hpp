#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// Coupled channels as a config names them.
struct CoupledProblem {
    std::vector<std::string> names;
    std::vector<Channel> channels;
    std::vector<std::shared_ptr<Source>> sources;
    std::vector<double> weights;
    PotentialMatrix potential{1};
    Eigen::ArrayXd k_star_MeV;
    double tolerance = 1e-6;
};

/// Collective. Reads the sections `coupled`, `momentum` and `solver`; see docs/config_keys.md. Throws InputError with
/// file and line.
CoupledProblem read_coupled_problem(Section const& root, Communicator const& comm);

}  // namespace hadronforce
