#include "hadronforce/learning/error_family.hpp"

#include "hadronforce/random/random.hpp"

#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

// Draws of a sight, beside its noise.
enum Draw : std::uint32_t { size_draw, momentum_draw, correlation_draw, normalisation_draw };
constexpr std::uint64_t of_errors = std::uint64_t{1} << 62U;
constexpr double reference_MeV = 100.0;

double drawn(Prior const& prior, std::uint64_t seed, std::uint64_t sight, Draw draw) {
    return prior.kind == Prior::Kind::fixed ? prior.first : prior.quantile(uniform_draw(seed, sight, draw));
}

}  // namespace

Eigen::RowVectorXd ErrorFamily::quoted(Eigen::ArrayXd const& k_star_MeV, Eigen::RowVectorXd const& measured,
                                       double size_, double momentum_power_, double correlation_power_) const {
    auto const at_momenta = size_ * (k_star_MeV.max(1e-3 * reference_MeV) / reference_MeV).pow(momentum_power_);
    return (at_momenta.transpose() * measured.array().max(at_momenta.transpose().min(1.0)).pow(correlation_power_))
        .matrix();
}

double error_at_one(double measured, double quoted, double correlation_power) {
    double const of_measured = measured > 0.0 ? quoted / std::pow(measured, correlation_power) : quoted;
    if (measured > 0.0 && measured >= std::min(of_measured, 1.0)) return of_measured;
    // C counted as its error, or as 1 where that is larger.
    return quoted < 1.0 ? std::pow(quoted, 1.0 / (1.0 + correlation_power)) : quoted;
}

double ErrorFamily::likely_correlation_power(Eigen::ArrayXd const& k_star_MeV, Eigen::ArrayXd const& measured,
                                             Eigen::ArrayXd const& quoted) const {
    if (correlation_power.kind == Prior::Kind::fixed) return correlation_power.first;
    auto const bins = k_star_MeV.size();
    Eigen::MatrixXd line(bins, 2);
    line << Eigen::VectorXd::Ones(bins), k_star_MeV.max(1e-3 * reference_MeV).log().matrix();
    double best = 0.0, smallest = std::numeric_limits<double>::infinity();
    constexpr int quantiles = 21;
    for (int i = 0; i < quantiles; ++i) {
        double const power = correlation_power.quantile((i + 0.5) / quantiles);
        Eigen::VectorXd at_one(bins);
        for (Eigen::Index b = 0; b < bins; ++b) at_one[b] = std::log(error_at_one(measured[b], quoted[b], power));
        double const left = (at_one - line * line.colPivHouseholderQr().solve(at_one)).squaredNorm();
        if (left < smallest) {
            smallest = left;
            best = power;
        }
    }
    return best;
}

NoisyCorrelation seen_with_errors(ErrorFamily const& family, Eigen::ArrayXd const& k_star_MeV,
                                  Eigen::RowVectorXd const& correlation, std::int64_t seed, std::int64_t sight) {
    auto const key = static_cast<std::uint64_t>(seed) | of_errors;
    auto const number = static_cast<std::uint64_t>(sight);
    double const size = drawn(family.size, key, number, size_draw);
    double const momentum_power = drawn(family.momentum_power, key, number, momentum_draw);
    double const correlation_power = drawn(family.correlation_power, key, number, correlation_draw);
    Eigen::RowVectorXf noise(correlation.size());
    fill_with_noise(key, number, noise.data(), static_cast<std::size_t>(noise.size()));
    NoisyCorrelation seen;
    seen.error = family.quoted(k_star_MeV, correlation, size, momentum_power, correlation_power);
    seen.correlation = correlation + seen.error.cwiseProduct(noise.cast<double>());
    if (family.normalisation > 0.0)
        seen.correlation *= 1.0 + family.normalisation * normal_draw(key, number, normalisation_draw);
    // What is quoted follows from what was measured: errors that knew the true C would tell it.
    seen.error = family.quoted(k_star_MeV, seen.correlation, size, momentum_power, correlation_power);
    return seen;
}

}  // namespace hadronforce
