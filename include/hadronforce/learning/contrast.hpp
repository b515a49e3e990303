#pragma once

#include "hadronforce/dataset/pca.hpp"

#include <Eigen/Core>

#include <cstdint>

namespace hadronforce {

/// How an input of a network makes C: its principal components, and which of its momenta are logarithms.
struct InputCurve {
    PrincipalComponents components;
    Eigen::RowVectorXd of_one;                           ///< the input where C = 1; of what is no C 0
    Eigen::Array<bool, 1, Eigen::Dynamic> is_logarithm;  ///< whether it is log C

    /// samples x components -> samples x momenta of C - 1, of what is no C of itself.
    RowMatrixXd apart_from_one(RowMatrixXd const& z) const;
};

/// What a network sees instead of the principal components z of C or log C, so that weak forces, whose C lies near 1,
/// are as plain to it as strong ones, and rare C of resonances do not dwarf all others: first each z as
/// asinh((z - centre) / width), where the centre is that of C = 1 and the width the median distance from it,
/// standardised; then the whitened components of asinh((C - 1) / near) of the C that the z make.
struct Contrast {
    double near = 0.0;  ///< the |C - 1| from which on it is seen in its logarithm
    InputCurve input;
    Eigen::RowVectorXd centre, width;  ///< of z
    Eigen::RowVectorXd mean, scale;    ///< of asinh((z - centre) / width) over the training
    PrincipalComponents components;    ///< of asinh((C - 1) / near)

    std::int64_t features() const { return centre.size() + components.projection.cols(); }
    /// samples x z -> samples x features().
    RowMatrixXd seen(RowMatrixXd const& z) const;
    /// The z of the first features.
    RowMatrixXd seen_as(Eigen::Ref<RowMatrixXd const> const& features) const;
};

/// `z`: samples x components of the training part. As many components again are kept at most, down to a millionth of
/// the largest one's variance.
Contrast make_contrast(double near, InputCurve input, RowMatrixXd const& z, std::int64_t most_components);

}  // namespace hadronforce
