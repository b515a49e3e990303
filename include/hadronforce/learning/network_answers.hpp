#pragma once

#include "hadronforce/learning/model_file.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// What a model's networks say of some samples, in the coordinates that they learnt.
struct NetworkAnswers {
    RowMatrixXd mean;                          ///< samples x targets: of the members
    std::vector<RowMatrixXd> members;          ///< each member's
    std::vector<Eigen::MatrixXd> covariances;  ///< of each sample; none where the estimator says none
};

/// Of samples x FeatureTransform::features. Where errors are smaller than the training's the answer is the mean of
/// those to C with more noise, up to its smallest (FeatureTransform::with_smallest_errors), and of their covariances,
/// which are larger than need be; of larger ones the answer is the mean of those to what the training's largest errors
/// may show (FeatureTransform::with_largest_errors), the covariance that of all of them, so that what says nothing is
/// answered by the training's own distribution.
NetworkAnswers network_answers(Model const& model, RowMatrixXd const& features);

}  // namespace hadronforce
