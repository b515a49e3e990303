#include "hadronforce/learning/contrast.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

constexpr double smallest_variance = 1e-6;

Eigen::ArrayXXd compressed(RowMatrixXd const& z, Eigen::RowVectorXd const& centre, Eigen::RowVectorXd const& width) {
    return ((z.rowwise() - centre).array().rowwise() / width.array()).asinh();
}

double median(std::vector<double> values) {
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace

RowMatrixXd InputCurve::apart_from_one(RowMatrixXd const& z) const {
    RowMatrixXd const of_components = components.variance.asDiagonal() * components.projection.transpose();
    RowMatrixXd apart = (z * of_components).rowwise() + (components.mean - of_one);
    for (Eigen::Index k = 0; k < apart.cols(); ++k)
        if (is_logarithm[k]) apart.col(k) = apart.col(k).array().expm1().eval();
    return apart;
}

RowMatrixXd Contrast::seen(RowMatrixXd const& z) const {
    RowMatrixXd all(z.rows(), features());
    all.leftCols(z.cols()) =
        ((compressed(z, centre, width).rowwise() - mean.array()).rowwise() / scale.array()).matrix();
    RowMatrixXd const curve = (input.apart_from_one(z).array() / near).asinh();
    all.rightCols(components.projection.cols()) = components.whitened(curve);
    return all;
}

RowMatrixXd Contrast::seen_as(Eigen::Ref<RowMatrixXd const> const& features) const {
    Eigen::ArrayXXd const of_width =
        (features.leftCols(centre.size()).array().rowwise() * scale.array()).rowwise() + mean.array();
    return (of_width.sinh().rowwise() * width.array()).rowwise() + centre.array();
}

Contrast make_contrast(double near, InputCurve input, RowMatrixXd const& z, std::int64_t most_components) {
    Contrast contrast;
    contrast.near = near;
    contrast.input = std::move(input);
    contrast.centre = contrast.input.components.whitened(RowMatrixXd(contrast.input.of_one));
    contrast.width.resize(z.cols());
    for (Eigen::Index c = 0; c < z.cols(); ++c) {
        Eigen::VectorXd const distance = (z.col(c).array() - contrast.centre[c]).abs();
        double const typical = median({distance.begin(), distance.end()});
        contrast.width[c] = typical > 0.0 ? typical : 1.0;
    }
    Eigen::ArrayXXd const values = compressed(z, contrast.centre, contrast.width);
    contrast.mean = values.colwise().mean();
    Eigen::RowVectorXd const spread =
        (values.rowwise() - contrast.mean.array()).square().colwise().mean().sqrt().matrix();
    contrast.scale = (spread.array() > 0.0).select(spread, 1.0);
    contrast.components = principal_components((contrast.input.apart_from_one(z).array() / near).asinh().matrix(),
                                               smallest_variance, most_components);
    return contrast;
}

}  // namespace hadronforce
