#pragma once

#include "hadronforce/storage/file.hpp"

#include <Eigen/Core>

#include <cstdint>

namespace hadronforce {

/// What a network of points sees of each: momentum, C, its error, its part of the momenta's range, and that it is one.
inline constexpr std::int64_t numbers_a_point = 5;

/// By what points of C(k*) become numbers of order one: mean and standard deviation of log C (or C, or asinh((C -
/// 1)/near)) over the training at its momenta, linear in between.
struct PointScales {
    Eigen::ArrayXd k_star_MeV, mean, scale;
    bool logarithm = true;
    double near = 0.0;  ///< where it is positive no logarithm is taken: weak forces are as plain as strong ones

    /// `scale` at a momentum as `row` has it.
    double scale_at(double momentum_channel) const;
    /// What is seen of C, before mean and scale.
    Eigen::ArrayXXd coordinate(Eigen::ArrayXXd const& correlation) const;

    /// One row for a network of points: all momenta, then all C, all errors, all parts of the momenta's range, and
    /// ones; each filled with zeros up to `places`. `k_star_MeV`: ascending. `error`: of C; empty for none. Throws
    /// InputError for a C that has no logarithm.
    Eigen::RowVectorXd row(Eigen::ArrayXd const& k_star_MeV_of_points, Eigen::ArrayXd const& correlation,
                           Eigen::ArrayXd const& error, Eigen::Index places) const;
};

/// Points of a measurement; `error` is empty for none.
struct SeenPoints {
    Eigen::ArrayXd k_star_MeV, correlation, error;
};

/// `correlation`: samples x momenta of the training part. `near`: as PointScales has it.
PointScales make_point_scales(Eigen::ArrayXd const& k_star_MeV, RowMatrixXd const& correlation, bool logarithm,
                              double near = 0.0);

/// At which momenta networks of points see samples: each sight at its own, evenly placed or at random, between cuts at
/// both ends, some of them missing.
struct ViewFamily {
    std::int64_t fewest_points = 20, most_points = 200;  ///< over the whole range; numbers between equally probable by
                                                         ///< their logarithm
    double largest_cut = 0.3;                            ///< part of the range that is cut at either end, at most
    double largest_missing = 0.2;                        ///< part of the points that is missing, at most
    /// As many sights after each other have the same number of points over the whole range: a batch's, in which all
    /// have as many places as the longest. Counted anew each epoch; 0: there is but one.
    std::int64_t sights_alike = 1, sights_an_epoch = 0;
};

/// Ascending momenta within those of the training, at least two: a function of its arguments alone.
Eigen::ArrayXd momenta_of_view(ViewFamily const& family, Eigen::ArrayXd const& k_star_MeV, std::int64_t seed,
                               std::int64_t sight);

/// Lagrange's weights of the `count` nearest nodes, the outermost ones beyond them: what is linear in values at nodes.
struct Interpolation {
    Eigen::Index first;          ///< of the nodes
    Eigen::RowVectorXd weights;  ///< of so many, or of all there are
};
Interpolation interpolation_at(Eigen::ArrayXd const& nodes, double k_star_MeV, Eigen::Index count = 6);

/// C at other momenta within the training's, from log C where it has one, by polynomials of fifth order.
Eigen::ArrayXd interpolated(Eigen::ArrayXd const& nodes, Eigen::RowVectorXd const& correlation, bool logarithm,
                            Eigen::ArrayXd const& k_star_MeV);

}  // namespace hadronforce
