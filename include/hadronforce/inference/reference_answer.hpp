#pragma once

#include "hadronforce/fit/whitening.hpp"
#include "hadronforce/learning/references.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace hadronforce {

/// What the training's own samples say of data, in the coordinates that the network learnt.
struct ReferenceAnswer {
    Eigen::RowVectorXd mean;
    Eigen::MatrixXd covariance;
    double effective_samples;  ///< (sum of weights)^2 / sum of their squares
};

/// Bayes' theorem by a sum over a model's references, each weighed by the probability of the data if it were the truth,
/// with the errors that the data would then have: for errors of any size, shape and correlation, and any bins, exact
/// but for the number of samples that meet the data. None where fewer than 10 do, as of data that tell much.
/// `predicted`: C of the references in the data's bins, references x bins. `data`: each measurement's bins. `errors`:
/// their covariance as it is quoted, all bins after each other. `common_factor`: whether each C was multiplied by a
/// factor as the training drew it (errors.normalisation); `errors` are then independent between measurements.
std::optional<ReferenceAnswer> answer_of_references(FeatureTransform const& transform, References const& references,
                                                    RowMatrixXd const& predicted, std::vector<SeenPoints> const& data,
                                                    Whitening const& errors, bool common_factor);

}  // namespace hadronforce
