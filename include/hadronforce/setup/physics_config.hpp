#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Reads the section `momentum`, whose keys are k_min and k_max with the suffix of their unit ("_MeV" or none), points
/// and placement: points in the centres of equal bins, or equally spaced from end to end. Throws InputError with file
/// and line.
Eigen::ArrayXd read_momenta(Section const& root, std::string const& unit_suffix);

/// Runs `solve`; where it throws InputError, throws one that begins with file and line of the pair.
void solve_pair(Section const& root, std::function<void()> const& solve);

/// A pair without free parameters, and the momenta at which it is solved.
struct FixedPair {
    PairModel model;
    Eigen::VectorXd numbers;                   ///< those that formulas give, which the model refers to
    Eigen::ArrayXd k_star_MeV;                 ///< of bins their middle
    Eigen::ArrayXd k_low_MeV, k_high_MeV;      ///< edges of bins; both are k* where there are none
    std::optional<MeasurementModel> measured;  ///< what a detector sees, where the config says something of that
};

/// Collective. Reads the sections of a pair (read_pair_model), `momentum` and `solver`, and what a detector sees of the
/// pair (read_measurement); see docs/config_keys.md. Throws InputError with file and line, also where something is a
/// prior.
FixedPair read_fixed_pair(Section const& root, Communicator const& comm);

/// Collective. The same with priors, and what the detector sees of the pair (read_measurement). `design_columns`: names
/// of parameters that take their values from a file. Throws InputError with file and line, also for a model that cannot
/// be solved in the middle of its priors or near their ends.
SampleFamily read_sample_family(Section const& root, Communicator const& comm,
                                std::vector<std::string> const& design_columns = {});

}  // namespace hadronforce
