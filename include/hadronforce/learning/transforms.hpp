#pragma once

#include "hadronforce/dataset/pca.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace hadronforce {

/// From C(k*) to what the network sees: log C or C, centred and PCA-whitened with the statistics of the training part.
struct FeatureTransform {
    bool logarithm = true;
    Eigen::ArrayXd k_star_MeV;
    PrincipalComponents components;
    double largest_norm = 0.0;  ///< of the whitened features over the points they were made from

    /// samples x momenta -> samples x components. Throws InputError for a C that is not positive where its logarithm is
    /// taken.
    RowMatrixXd features(RowMatrixXd const& correlation) const;
};

/// `correlation`: samples x momenta of the training part. Components with less than `smallest_variance` of the largest
/// are dropped.
FeatureTransform make_feature_transform(Eigen::ArrayXd const& k_star_MeV, RowMatrixXd const& correlation,
                                        bool logarithm, double smallest_variance, std::int64_t most_components);

/// From parameters to what the network gives: zero mean and unit variance over the training part.
struct TargetTransform {
    std::vector<std::string> names;
    std::vector<std::string> units;
    Eigen::RowVectorXd mean;
    Eigen::RowVectorXd scale;
    Eigen::RowVectorXd lowest;  ///< range of the training part
    Eigen::RowVectorXd highest;

    RowMatrixXd standardised(RowMatrixXd const& targets) const;
    RowMatrixXd physical(RowMatrixXd const& outputs) const;
};

TargetTransform make_target_transform(std::vector<std::string> names, std::vector<std::string> units,
                                      RowMatrixXd const& targets);

}  // namespace hadronforce
