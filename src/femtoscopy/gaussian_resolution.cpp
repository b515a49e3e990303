#include "hadronforce/femtoscopy/gaussian_resolution.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace hadronforce {
namespace {

constexpr double reach = 6.0;  // standard deviations, beyond which 1e-9 of the pairs go

struct Interval {
    double low, high;
};

/// Where a pair may come to lie on either side of an edge.
std::vector<Interval> zones_of(Eigen::ArrayXd const& k_low, Eigen::ArrayXd const& k_high, double sigma) {
    std::vector<double> edges(k_low.begin(), k_low.end());
    edges.insert(edges.end(), k_high.begin(), k_high.end());
    std::sort(edges.begin(), edges.end());
    std::vector<Interval> zones;
    for (double const edge : edges) {
        double const low = std::max(0.0, edge - reach * sigma), high = edge + reach * sigma;
        if (!zones.empty() && low <= zones.back().high)
            zones.back().high = high;
        else
            zones.push_back({low, high});
    }
    return zones;
}

struct Column {
    double low, high;
    double step;  // of the columns beside it
    double middle() const { return 0.5 * (low + high); }
};

std::vector<Column> columns_of(Eigen::ArrayXd const& k_low, Eigen::ArrayXd const& k_high, double sigma) {
    std::vector<Column> columns;
    double end = 0.0;  // of the zone before
    for (auto const& zone : zones_of(k_low, k_high, sigma)) {
        double const between = 0.5 * (end + zone.low);
        bool const is_inside = ((k_low < between) && (k_high > between)).any();  // of a bin, not in a gap
        if (is_inside && !columns.empty()) columns.push_back({end, zone.low, 0.0});
        double const count = std::ceil((zone.high - zone.low) / (0.5 * sigma)), width = (zone.high - zone.low) / count;
        for (double i = 0.0; i < count; ++i)
            columns.push_back({i == 0.0 ? zone.low : columns.back().high,
                               i + 1.0 == count ? zone.high : zone.low + (i + 1.0) * width, width});
        end = zone.high;
    }
    return columns;
}

/// That a pair of `k` comes into a row; where the row has no width the probability density.
double into_row(double k, double low, double high, double sigma) {
    k = std::fabs(k);  // it is an even function
    if (low < high) return smeared_below(k, high, sigma) - smeared_below(k, low, sigma);
    auto const bell = [&](double x) { return std::exp(-0.5 * x * x / (sigma * sigma)); };
    return low / k * (bell(low - k) - bell(low + k)) / (sigma * std::sqrt(2.0 * units::pi));
}

/// Steps of such heights over the columns weigh what is smooth as the probability P itself does: a sum over columns of
/// step times mean is the trapezoidal sum of P, exact for a bell, where the steps are P by the inverse of the mean over
/// a column, 1 - d^2/24 + 3 d^4/640 - ... with d^2 P the second difference.
double height(Column const& column, double low, double high, double sigma) {
    auto const at = [&](double steps) { return into_row(column.middle() + steps * column.step, low, high, sigma); };
    double const p = at(0.0), beside = at(1.0) + at(-1.0), next = at(2.0) + at(-2.0);
    double const second = beside - 2.0 * p, fourth = next - 4.0 * beside + 6.0 * p;
    return std::max(0.0, p - second / 24.0 + 3.0 / 640.0 * fourth);
}

/// By Simpson's rule, which is exact for k^2.
double pairs_in(Column const& column, BinAverage::Weight const& weight) {
    constexpr int intervals = 32;
    double sum = 0.0;
    for (int i = 0; i <= intervals; ++i)
        sum += (i == 0 || i == intervals ? 1.0
                : i % 2 == 1             ? 4.0
                                         : 2.0) *
               weight(column.low + (column.high - column.low) * i / intervals);
    return sum * (column.high - column.low) / (3.0 * intervals);
}

}  // namespace

double smeared_below(double k_MeV, double below_MeV, double sigma_MeV) {
    double const scale = 1.0 / (std::sqrt(2.0) * sigma_MeV);
    double const minus = scale * (below_MeV - k_MeV), plus = scale * (below_MeV + k_MeV);
    return 0.5 * (std::erf(minus) + std::erf(plus)) -
           sigma_MeV / (k_MeV * std::sqrt(2.0 * units::pi)) * (std::exp(-minus * minus) - std::exp(-plus * plus));
}

MomentumMatrix gaussian_resolution(Eigen::ArrayXd const& k_low_MeV, Eigen::ArrayXd const& k_high_MeV, double sigma_MeV,
                                   BinAverage::Weight const& weight) {
    if (!(sigma_MeV >= 0.01 && sigma_MeV <= 100.0))
        throw InputError("a momentum resolution of " + std::to_string(sigma_MeV) +
                         " MeV/c is none; it must lie between 0.01 and 100");
    auto const columns = columns_of(k_low_MeV, k_high_MeV, sigma_MeV);
    auto const count = static_cast<Eigen::Index>(columns.size());
    MomentumMatrix matrix{"the momentum resolution",
                          k_low_MeV,
                          k_high_MeV,
                          Eigen::ArrayXd(count),
                          Eigen::ArrayXd(count),
                          Eigen::MatrixXd(k_low_MeV.size(), count)};
    for (Eigen::Index j = 0; j < count; ++j) {
        auto const& column = columns[static_cast<std::size_t>(j)];
        matrix.from_low_MeV[j] = column.low;
        matrix.from_high_MeV[j] = column.high;
        double const pairs = pairs_in(column, weight);
        for (Eigen::Index i = 0; i < k_low_MeV.size(); ++i)
            matrix.weights(i, j) = pairs * height(column, k_low_MeV[i], k_high_MeV[i], sigma_MeV);
    }
    normalise_rows(matrix);
    return matrix;
}

}  // namespace hadronforce
