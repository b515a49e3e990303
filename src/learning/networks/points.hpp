#pragma once

#include "hadronforce/error.hpp"
#include "hadronforce/learning/network.hpp"
#include "hadronforce/learning/point_features.hpp"

#include <torch/torch.h>

namespace hadronforce::networks {

/// What a network of points sees of each: its momentum, C and its error, all of order one; its part of the momenta's
/// range, which makes sums over points integrals; and 1, or 0 for a place without a point.
enum PointChannel : std::int64_t { momentum, value, error, measure, is_point, point_channels };
static_assert(point_channels == numbers_a_point);

/// How many measurements such inputs have. Throws InputError for settings and inputs that no network of points has.
inline std::int64_t measurements_of(NetworkSettings const& settings, std::int64_t inputs) {
    if (inputs < point_channels || inputs % point_channels != 0)
        throw InputError("a network of form " + settings.form + " takes five numbers a point");
    if (settings.widths.empty()) throw InputError("a network of form " + settings.form + " needs the width of a layer");
    return inputs / point_channels;
}

/// samples x (measurements * channels * points), one channel after the other -> (measurements * samples) x channels x
/// points. Each measurement goes through the same layers until joined_measurements.
inline torch::Tensor as_points(torch::Tensor const& x, std::int64_t measurements) {
    auto const all = torch::stack(x.chunk(measurements * point_channels, 1), 1);
    return measurements == 1 ? all : torch::cat(all.chunk(measurements, 1), 0);
}

/// (measurements * samples) x units -> samples x (measurements * units)
inline torch::Tensor joined_measurements(torch::Tensor const& x, std::int64_t measurements) {
    return measurements == 1 ? x : torch::cat(x.chunk(measurements, 0), 1);
}

/// samples x units x points -> samples x 2 units: integrals over the momenta and means over the points.
inline torch::Tensor pooled(torch::Tensor const& x, torch::Tensor const& points) {
    auto const present = points.narrow(1, is_point, 1);
    auto const mean = (x * present).sum(2) / present.sum(2).clamp_min(1.0);
    return torch::cat({(x * points.narrow(1, measure, 1)).sum(2), mean}, 1);
}

}  // namespace hadronforce::networks
