#include "hadronforce/error.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::array scale_names{"linear", "logarithm", "quantiles"};
constexpr Eigen::Index most_quantiles = 257;

/// Values at equal steps of probability, ascending; those that are equal are one.
Eigen::ArrayXd quantiles_of(Eigen::Ref<Eigen::VectorXd const> const& values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    auto const count = std::min<Eigen::Index>(most_quantiles, values.size());
    Eigen::ArrayXd quantiles(count);
    for (Eigen::Index i = 0; i < count; ++i) {
        double const place = static_cast<double>(i) * static_cast<double>(sorted.size() - 1) /
                             static_cast<double>(std::max<Eigen::Index>(1, count - 1));
        quantiles[i] = sorted[static_cast<std::size_t>(place + 0.5)];
    }
    return quantiles;
}

/// Place of `value` in the cumulative distribution, in the middle of where it is flat in value; beyond its ends as at
/// them.
double probability(Eigen::ArrayXd const& quantiles, double value) {
    auto const first = std::lower_bound(quantiles.begin(), quantiles.end(), value);
    auto const last = std::upper_bound(first, quantiles.end(), value);
    double const steps = static_cast<double>(quantiles.size() - 1);
    if (last != first)
        return 0.5 * static_cast<double>((first - quantiles.begin()) + (last - 1 - quantiles.begin())) / steps;
    if (first == quantiles.begin()) return 0.0;
    if (first == quantiles.end()) return 1.0;
    auto const i = static_cast<double>(first - quantiles.begin());
    return (i - 1.0 + (value - *(first - 1)) / (*first - *(first - 1))) / steps;
}

double value_at(Eigen::ArrayXd const& quantiles, double probability) {
    double const place = std::clamp(probability, 0.0, 1.0) * static_cast<double>(quantiles.size() - 1);
    auto const i = std::min<Eigen::Index>(static_cast<Eigen::Index>(place), quantiles.size() - 2);
    double const part = place - static_cast<double>(i);
    return (1.0 - part) * quantiles[i] + part * quantiles[i + 1];
}

}  // namespace

std::string name_of(TargetScale scale) { return scale_names.at(static_cast<std::size_t>(scale)); }

std::vector<std::string> target_scale_names() { return {scale_names.begin(), scale_names.end()}; }

TargetScale target_scale_of(std::string const& name) {
    auto const found = std::find(scale_names.begin(), scale_names.end(), name);
    if (found == scale_names.end()) throw InputError("a target of the scale " + name + " is not known");
    return static_cast<TargetScale>(found - scale_names.begin());
}

std::vector<std::string> TargetTransform::names() const {
    std::vector<std::string> all;
    for (auto const& target : targets) all.push_back(target.name);
    return all;
}

std::vector<std::string> TargetTransform::units() const {
    std::vector<std::string> all;
    for (auto const& target : targets) all.push_back(target.unit);
    return all;
}

RowMatrixXd TargetTransform::coordinates(RowMatrixXd const& values) const {
    RowMatrixXd result = values;
    for (std::size_t t = 0; t < targets.size(); ++t) {
        auto column = result.col(static_cast<Eigen::Index>(t)).array();
        if (targets[t].scale == TargetScale::logarithm) {
            if (!(column > 0.0).all())
                throw InputError(targets[t].name + " is not positive everywhere, so it has no logarithm to be learnt");
            column = column.log();
        }
        if (targets[t].scale == TargetScale::quantiles)
            for (auto& value : column) value = probability(quantiles[t], value);
    }
    return result;
}

RowMatrixXd TargetTransform::standardised(RowMatrixXd const& values) const {
    return (coordinates(values).rowwise() - mean).array().rowwise() / scale.array();
}

RowMatrixXd TargetTransform::physical(RowMatrixXd const& outputs) const {
    RowMatrixXd result = (outputs.array().rowwise() * scale.array()).matrix().rowwise() + mean;
    for (std::size_t t = 0; t < targets.size(); ++t) {
        auto column = result.col(static_cast<Eigen::Index>(t)).array();
        if (targets[t].scale == TargetScale::logarithm) column = column.exp();
        if (targets[t].scale == TargetScale::quantiles)
            for (auto& value : column) value = value_at(quantiles[t], value);
    }
    return result;
}

TargetTransform make_target_transform(std::vector<Target> targets, RowMatrixXd const& values) {
    TargetTransform transform;
    transform.targets = std::move(targets);
    transform.lowest = values.colwise().minCoeff();
    transform.highest = values.colwise().maxCoeff();
    transform.quantiles.resize(transform.targets.size());
    for (std::size_t t = 0; t < transform.targets.size(); ++t) {
        auto const column = static_cast<Eigen::Index>(t);
        if (!(transform.lowest[column] < transform.highest[column]))
            throw InputError(transform.targets[t].name +
                             " has one value in all training samples; it cannot be a target");
        if (transform.targets[t].scale == TargetScale::quantiles)
            transform.quantiles[t] = quantiles_of(values.col(column));
    }
    RowMatrixXd const coordinates = transform.coordinates(values);
    transform.mean = coordinates.colwise().mean();
    transform.scale = ((coordinates.rowwise() - transform.mean).array().square().colwise().mean()).sqrt();
    return transform;
}

}  // namespace hadronforce
