#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/dataset_files.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <functional>
#include <string>
#include <vector>

namespace hadronforce {

/// What is learnt of samples.
struct LearntValues {
    std::vector<Target> targets;
    /// samples x targets, in their units.
    std::function<RowMatrixXd(SampleValues const&)> of;
};

/// `wanted`: names of the dataset's parameters or quantities, or "1/NAME" of a quantity; all parameters where none are
/// given. A parameter is learnt in the logarithm where its prior is log-uniform, a quantity along its quantiles, a
/// count as it is. Throws InputError with file and line for a name that the dataset does not have.
LearntValues learnt_values(Section const& dataset_section, std::vector<std::string> const& wanted,
                           DatasetFile const& dataset);

}  // namespace hadronforce
