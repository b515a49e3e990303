#include "hadronforce/lattice/luescher_zeta.hpp"

#include "hadronforce/units/constants.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

using units::pi;

/// Exponents beyond this are lost beside one.
constexpr double largest_exponent = 42.0;

int dot(std::array<int, 3> const& a, std::array<int, 3> const& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/// Sum over r of exp(-s (r^2 - q^2))/(r^2 - q^2).
double sum_over_points(double q2, ZetaFrame const& frame, double s) {
    auto const& d = frame.d;
    double const d2 = dot(d, d);
    double const squeeze = d2 > 0.0 ? (1.0 - 1.0 / (frame.gamma * frame.gamma)) / d2 : 0.0;
    double const farthest2 = std::max(q2, 0.0) + largest_exponent / s;
    double const reach = (d2 > 0.0 ? frame.gamma : 1.0) * std::sqrt(farthest2);
    std::array<int, 3> first{}, last{};
    for (std::size_t i = 0; i < 3; ++i) {
        first[i] = static_cast<int>(std::ceil(frame.alpha * d[i] - reach));
        last[i] = static_cast<int>(std::floor(frame.alpha * d[i] + reach));
    }
    double sum = 0.0;
    for (int nx = first[0]; nx <= last[0]; ++nx)
        for (int ny = first[1]; ny <= last[1]; ++ny)
            for (int nz = first[2]; nz <= last[2]; ++nz) {
                double const x = nx - frame.alpha * d[0], y = ny - frame.alpha * d[1], z = nz - frame.alpha * d[2];
                double const along = x * d[0] + y * d[1] + z * d[2];
                double const r2 = x * x + y * y + z * z - squeeze * along * along;
                if (r2 < farthest2) sum += std::exp(-s * (r2 - q2)) / (r2 - q2);
            }
    return sum;
}

/// integral_0^s dt t^(-3/2) exp(t q^2) without its divergence at t = 0.
double regular_integral(double q2, double s) {
    double const x = q2 * s, root = std::sqrt(s);
    if (x <= 0.0) return -2.0 * std::exp(x) / root - 2.0 * std::sqrt(-pi * q2) * std::erf(std::sqrt(-x));
    double series = 0.0, power = 1.0;
    for (int n = 0; power > 1e-18 * series; power *= x / ++n) series += power / (2 * n + 1);
    return -2.0 * std::exp(x) / root + 4.0 * q2 * root * series;
}

/// Sum over m != 0 of cos(2 pi alpha m d) integral_0^s dt t^(-3/2) exp(t q^2 - pi^2 |gamma m|^2/t), gamma multiplying
/// the component along d; the integral over u = t^(-1/2).
double sum_over_wave_vectors(double q2, ZetaFrame const& frame, double s) {
    double const largest2 = largest_exponent * s / (pi * pi);
    int const reach = static_cast<int>(std::sqrt(largest2));
    double const d2 = dot(frame.d, frame.d);
    std::vector<std::array<double, 2>> terms;  // |gamma m|^2, cosine
    for (int x = -reach; x <= reach; ++x)
        for (int y = -reach; y <= reach; ++y)
            for (int z = -reach; z <= reach; ++z) {
                double m2 = x * x + y * y + z * z;
                if (m2 == 0.0) continue;
                double const along = dot({x, y, z}, frame.d);
                if (d2 > 0.0) m2 += (frame.gamma * frame.gamma - 1.0) * along * along / d2;
                if (m2 <= largest2) terms.push_back({m2, std::cos(2.0 * pi * frame.alpha * along)});
            }
    if (terms.empty()) return 0.0;
    auto const integrand = [&](double u) {
        double sum = 0.0;
        for (auto const& [m2, cosine] : terms) sum += cosine * std::exp(q2 / (u * u) - pi * pi * m2 * u * u);
        return 2.0 * sum;
    };
    double const begin = 1.0 / std::sqrt(s), end = std::sqrt(1.0 / s + largest_exponent / (pi * pi));
    double const middle = 0.7 * begin + 0.3 * end;
    using Rule = boost::math::quadrature::gauss<double, 30>;
    return Rule::integrate(integrand, begin, middle) + Rule::integrate(integrand, middle, end);
}

}  // namespace

double zeta_00(double q2, ZetaFrame const& frame, double splitting) {
    bool const at_rest = dot(frame.d, frame.d) == 0;
    double const volume = (at_rest ? 1.0 : frame.gamma) * pi * std::sqrt(pi);
    double const waves = regular_integral(q2, splitting) + sum_over_wave_vectors(q2, frame, splitting);
    return (sum_over_points(q2, frame, splitting) + volume * waves) / std::sqrt(4.0 * pi);
}

double zeta_00(double q2, ZetaFrame const& frame) {
    // Both parts grow as exp(splitting q^2), and cancel.
    return zeta_00(q2, frame, q2 > 3.0 ? 3.0 / q2 : 1.0);
}

}  // namespace hadronforce
