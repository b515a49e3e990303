#include "hadronforce/learning/error_family.hpp"

#include "hadronforce/random/random.hpp"

#include <algorithm>

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
