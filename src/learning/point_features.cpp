#include "hadronforce/learning/point_features.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

constexpr std::uint64_t of_views = std::uint64_t{3} << 61U;
enum Draw : std::uint32_t { count_draw, low_draw, high_draw, missing_draw, placement_draw, first_point_draw };

/// Value at `k` of what is linear between the nodes.
double linear(Eigen::ArrayXd const& nodes, Eigen::ArrayXd const& values, double k) {
    auto const last = nodes.size() - 1;
    if (last == 0) return values[0];
    auto const above =
        std::clamp<Eigen::Index>(std::upper_bound(nodes.begin(), nodes.end(), k) - nodes.begin(), 1, last);
    double const part = std::clamp((k - nodes[above - 1]) / (nodes[above] - nodes[above - 1]), 0.0, 1.0);
    return (1.0 - part) * values[above - 1] + part * values[above];
}

/// Errors by their logarithm, of order one from 1e-6 to 1.
double error_channel(double error) { return 1.0 + std::log10(std::max(error, 1e-6)) / 3.0; }

}  // namespace

Eigen::ArrayXXd PointScales::coordinate(Eigen::ArrayXXd const& correlation) const {
    if (near > 0.0) return ((correlation - 1.0) / near).asinh();
    if (!logarithm) return correlation;
    if (!(correlation > 0.0).all())
        throw InputError("C(k*) is not positive everywhere, so it has no logarithm; use features.input: correlation");
    return correlation.log();
}

double PointScales::scale_at(double momentum_channel) const {
    double const low = k_star_MeV[0], range = k_star_MeV[k_star_MeV.size() - 1] - low;
    return linear(k_star_MeV, scale, low + 0.5 * range * (momentum_channel + 1.0));
}

Eigen::RowVectorXd PointScales::row(Eigen::ArrayXd const& k, Eigen::ArrayXd const& correlation,
                                    Eigen::ArrayXd const& error, Eigen::Index places) const {
    Eigen::RowVectorXd all = Eigen::RowVectorXd::Zero(numbers_a_point * places);
    double const low = k_star_MeV[0], span = k_star_MeV[k_star_MeV.size() - 1] - low;
    double const range = span > 0.0 ? span : 1.0;  // of a single momentum
    auto const points = k.size();
    Eigen::ArrayXd known = correlation, of_known = error.size() > 0 ? error : Eigen::ArrayXd::Zero(points);
    if (near > 0.0) {
        of_known /= ((known - 1.0).square() + near * near).sqrt();
    } else if (logarithm) {
        known = known.max(of_known);
        of_known /= known;
    }
    Eigen::ArrayXd const seen = coordinate(known);
    for (Eigen::Index i = 0; i < points; ++i) {
        double const width = linear(k_star_MeV, scale, k[i]);
        double const below = i > 0 ? k[i - 1] : k[i], above = i + 1 < points ? k[i + 1] : k[i];
        all[i] = 2.0 * (k[i] - low) / range - 1.0;
        all[places + i] = (seen[i] - linear(k_star_MeV, mean, k[i])) / width;
        all[2 * places + i] = error.size() > 0 ? error_channel(of_known[i] / width) : 0.0;
        all[3 * places + i] = 0.5 * (above - below) / range;
        all[4 * places + i] = 1.0;
    }
    return all;
}

PointScales make_point_scales(Eigen::ArrayXd const& k_star_MeV, RowMatrixXd const& correlation, bool logarithm,
                              double near) {
    PointScales scales{k_star_MeV, {}, {}, logarithm, near};
    Eigen::ArrayXXd const seen = scales.coordinate(correlation.array());
    scales.mean = seen.colwise().mean().transpose();
    scales.scale = (seen.rowwise() - scales.mean.transpose()).square().colwise().mean().sqrt().transpose().max(1e-9);
    return scales;
}

Eigen::ArrayXd momenta_of_view(ViewFamily const& family, Eigen::ArrayXd const& k_star_MeV, std::int64_t seed,
                               std::int64_t sight) {
    auto const key = static_cast<std::uint64_t>(seed) | of_views;
    auto const draw_of = [&](std::int64_t number, std::uint32_t which) {
        return uniform_draw(key, static_cast<std::uint64_t>(number), which);
    };
    auto const draw = [&](std::uint32_t which) { return draw_of(sight, which); };
    auto const alike = family.sights_alike, epoch = family.sights_an_epoch;
    auto const group = sight < 0    ? -1 - (-1 - sight) / alike
                       : epoch == 0 ? sight / alike
                                    : sight / epoch * ((epoch - 1) / alike + 1) + sight % epoch / alike;
    double const first = k_star_MeV[0], range = k_star_MeV[k_star_MeV.size() - 1] - first;
    // Half of all see the whole range.
    auto const cut = [&](std::uint32_t which) { return std::max(0.0, 2.0 * draw(which) - 1.0) * family.largest_cut; };
    double const low = first + range * cut(low_draw), high = first + range * (1.0 - cut(high_draw));
    double const ratio = static_cast<double>(family.most_points) / static_cast<double>(family.fewest_points);
    double const over_range = static_cast<double>(family.fewest_points) * std::pow(ratio, draw_of(group, count_draw));
    auto const count = std::max<std::int64_t>(3, std::lround(over_range * (high - low) / range));
    double const missing = family.largest_missing * std::max(0.0, 2.0 * draw(missing_draw) - 1.0);
    bool const evenly = draw(placement_draw) < 0.7;
    std::vector<double> momenta;
    for (std::int64_t i = 0; i < count; ++i) {
        auto const which = first_point_draw + 2 * static_cast<std::uint32_t>(i);
        double const place = evenly ? static_cast<double>(i) / static_cast<double>(count - 1) : draw(which);
        if (i + 2 < count && momenta.size() + 2 < static_cast<std::size_t>(count) && draw(which + 1) < missing &&
            momenta.size() + static_cast<std::size_t>(count - i) > 3)
            continue;
        momenta.push_back(low + (high - low) * place);
    }
    std::sort(momenta.begin(), momenta.end());
    return Eigen::Map<Eigen::ArrayXd const>(momenta.data(), static_cast<Eigen::Index>(momenta.size()));
}

Interpolation interpolation_at(Eigen::ArrayXd const& nodes, double k, Eigen::Index count) {
    auto const most = std::min(count, nodes.size());
    auto const above = std::lower_bound(nodes.begin(), nodes.end(), k) - nodes.begin();
    auto const first = std::clamp<Eigen::Index>(above - most / 2, 0, nodes.size() - most);
    Eigen::RowVectorXd weights = Eigen::RowVectorXd::Ones(most);
    for (Eigen::Index i = 0; i < most; ++i)
        for (Eigen::Index j = 0; j < most; ++j)
            if (j != i) weights[i] *= (k - nodes[first + j]) / (nodes[first + i] - nodes[first + j]);
    return {first, weights};
}

Eigen::ArrayXd interpolated(Eigen::ArrayXd const& nodes, Eigen::RowVectorXd const& correlation, bool logarithm,
                            Eigen::ArrayXd const& k_star_MeV) {
    Eigen::RowVectorXd const known = logarithm ? Eigen::RowVectorXd(correlation.array().log()) : correlation;
    Eigen::ArrayXd result(k_star_MeV.size());
    for (Eigen::Index p = 0; p < k_star_MeV.size(); ++p) {
        auto const at = interpolation_at(nodes, k_star_MeV[p]);
        result[p] = at.weights.dot(known.segment(at.first, at.weights.size()));
    }
    return logarithm ? Eigen::ArrayXd(result.exp()) : result;
}

}  // namespace hadronforce
