#include "hadronforce/inference/correlation_on_grid.hpp"

#include "hadronforce/error.hpp"

#include <fmt/format.h>
#include <boost/math/interpolators/makima.hpp>

#include <cmath>
#include <vector>

namespace hadronforce {

CorrelationOnGrid on_grid(MeasuredCorrelation const& data, Eigen::ArrayXd const& k_star_MeV) {
    auto const& k = data.k_star_MeV;
    double const low = k_star_MeV[0], high = k_star_MeV[k_star_MeV.size() - 1];
    double const margin = 1e-6 * high;
    for (Eigen::Index i = 0; i < k.size(); ++i)
        if (k[i] < low - margin || k[i] > high + margin)
            throw InputError(
                fmt::format("{}: k* = {} lies outside the {} to {} MeV/c that the model was trained on; remove the row "
                            "or train a model for it",
                            data.where(i), k[i], low, high));
    if (k[0] > low + margin || k[k.size() - 1] < high - margin)
        throw InputError(fmt::format("{}: covers k* from {} to {} MeV/c, the model needs {} to {}", data.path, k[0],
                                     k[k.size() - 1], low, high));
    if (k.size() == k_star_MeV.size() && (k - k_star_MeV).abs().maxCoeff() <= margin) return {data.correlation, false};
    if (k.size() < 4) throw InputError(data.path + ": has too few rows to interpolate between; at least 4 are needed");
    boost::math::interpolators::makima<std::vector<double>> const curve(
        {k.begin(), k.end()}, {data.correlation.begin(), data.correlation.end()});
    // Ends that agree only to rounding must not leave the curve's domain.
    return {k_star_MeV.unaryExpr([&](double x) { return curve(std::fmin(std::fmax(x, k[0]), k[k.size() - 1])); }),
            true};
}

}  // namespace hadronforce
