#include "hadronforce/learning/transforms.hpp"

#include "hadronforce/error.hpp"

#include <cmath>

namespace hadronforce {
namespace {

RowMatrixXd seen(RowMatrixXd const& correlation, bool logarithm) {
    if (!logarithm) return correlation;
    if ((correlation.array() <= 0.0).any())
        throw InputError("C(k*) is not positive everywhere, so it has no logarithm; use features.input: correlation");
    return correlation.array().log();
}

}  // namespace

RowMatrixXd FeatureTransform::features(RowMatrixXd const& correlation) const {
    return components.whitened(seen(correlation, logarithm));
}

FeatureTransform make_feature_transform(Eigen::ArrayXd const& k_star_MeV, RowMatrixXd const& correlation,
                                        bool logarithm, double smallest_variance, std::int64_t most_components) {
    FeatureTransform transform;
    transform.logarithm = logarithm;
    transform.k_star_MeV = k_star_MeV;
    RowMatrixXd const points = seen(correlation, logarithm);
    transform.components = principal_components(points, smallest_variance, most_components);
    transform.largest_norm = transform.components.whitened(points).rowwise().norm().maxCoeff();
    return transform;
}

RowMatrixXd TargetTransform::standardised(RowMatrixXd const& targets) const {
    return (targets.rowwise() - mean).array().rowwise() / scale.array();
}

RowMatrixXd TargetTransform::physical(RowMatrixXd const& outputs) const {
    return (outputs.array().rowwise() * scale.array()).matrix().rowwise() + mean;
}

TargetTransform make_target_transform(std::vector<std::string> names, std::vector<std::string> units,
                                      RowMatrixXd const& targets) {
    TargetTransform transform{std::move(names),
                              std::move(units),
                              targets.colwise().mean(),
                              {},
                              targets.colwise().minCoeff(),
                              targets.colwise().maxCoeff()};
    transform.scale = ((targets.rowwise() - transform.mean).array().square().colwise().mean()).sqrt();
    for (Eigen::Index i = 0; i < targets.cols(); ++i)
        if (!(transform.scale[i] > 0.0))
            throw InputError(transform.names[static_cast<std::size_t>(i)] +
                             " has one value in all training samples; it cannot be a target");
    return transform;
}

}  // namespace hadronforce
