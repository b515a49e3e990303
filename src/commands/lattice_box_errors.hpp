#pragma once

#include "hadronforce/lattice/box_numbers.hpp"
#include "hadronforce/setup/interaction_config.hpp"

#include <vector>

namespace hadronforce {

/// Errors of all numbers from the samples of a fitted potential that converged.
struct BoxErrors {
    std::vector<std::size_t> samples;   ///< that converged
    std::vector<std::size_t> left_out;  ///< that did not
    IndexRange own;                     ///< rows of this rank, among those that converged
    RowMatrixXd rows;                   ///< energies, then k cot(delta) by Luescher's formula, of own samples
    BoxNumbers error;
};

/// Collective. Each rank works out its share of the samples.
BoxErrors box_errors(Communicator const& comm, ConfiguredInteraction const& configured, BoxSettings const& settings,
                     BoxNumbers const& mean, Eigen::ArrayXd const& curve_k2);

/// Collective. Root mean square changes that the other starts of a fit, of which there is one at least, make.
BoxNumbers box_starts(Communicator const& comm, ConfiguredInteraction const& configured, BoxSettings const& settings,
                      BoxNumbers const& best, Eigen::ArrayXd const& curve_k2);

}  // namespace hadronforce
