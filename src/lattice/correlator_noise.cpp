#include "hadronforce/lattice/correlator_noise.hpp"

#include "hadronforce/random/random.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>

namespace hadronforce {
namespace {

/// The mean over the cubic group of exp(2 pi i n.r/L).
double plane_wave(CubicOrbits::Site const& n, CubicOrbits::Site const& r, Eigen::ArrayXd const& cosines) {
    auto const wave = [&](int a, int b) { return cosines[static_cast<Eigen::Index>(a) * b % cosines.size()]; };
    double sum = 0.0;
    static constexpr int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (auto const& order : orders) {
        double product = 1.0;
        for (std::size_t axis = 0; axis < 3; ++axis) product *= wave(n[axis], r[static_cast<std::size_t>(order[axis])]);
        sum += product / 6.0;
    }
    return sum;
}

}  // namespace

NoiseSource::NoiseSource(CubicOrbits const& orbits, CorrelatorNoise const& noise,
                         std::vector<std::int64_t> const& times)
    : noise_(noise), times_(times) {
    // Momenta are sites of a lattice as well, and their orbits are ours.
    double const unit = 2.0 * units::pi / orbits.extent();
    Eigen::ArrayXd const cosines = (Eigen::ArrayXd::LinSpaced(orbits.extent(), 0, orbits.extent() - 1) * unit).cos();
    std::vector<Eigen::Index> used;
    Eigen::ArrayXd const weights =
        orbits.multiplicity() * (-0.5 * (orbits.r() * unit * noise.correlation_a).square()).exp();
    constexpr double negligible = 1e-6;
    for (Eigen::Index n = 0; n < orbits.size(); ++n)
        if (weights[n] > negligible * orbits.multiplicity()[n]) used.push_back(n);
    modes_.resize(orbits.size(), static_cast<Eigen::Index>(used.size()));
    for (Eigen::Index m = 0; m < modes_.cols(); ++m) {
        Eigen::Index const n = used[static_cast<std::size_t>(m)];
        for (Eigen::Index p = 0; p < orbits.size(); ++p)
            modes_(p, m) =
                std::sqrt(weights[n]) * plane_wave(orbits.representatives()[static_cast<std::size_t>(n)],
                                                   orbits.representatives()[static_cast<std::size_t>(p)], cosines);
    }
    modes_ /= modes_.row(0).norm();
}

Eigen::RowVectorXd NoiseSource::of_configuration(std::int64_t configuration) const {
    Eigen::Index const points = modes_.rows(), modes = modes_.cols();
    Eigen::RowVectorXd result(static_cast<Eigen::Index>(times_.size()) * points);
    Eigen::VectorXd amplitudes = Eigen::VectorXd::Zero(modes + 1);  // of the modes, then the common one
    double const rho = noise_.time_correlation;
    std::uint32_t draw = 0;
    std::int64_t last = times_.front();
    for (std::size_t slice = 0; slice < times_.size(); ++slice) {
        double const kept = slice == 0 ? 0.0 : std::pow(rho, static_cast<double>(times_[slice] - last));
        last = times_[slice];
        for (double& amplitude : amplitudes)
            amplitude = kept * amplitude +
                        std::sqrt(1.0 - kept * kept) * normal_draw(static_cast<std::uint64_t>(noise_.seed),
                                                                   static_cast<std::uint64_t>(configuration), draw++);
        double const sigma = noise_.relative * std::exp(noise_.growth * static_cast<double>(last - noise_.t_reference));
        result.segment(static_cast<Eigen::Index>(slice) * points, points) =
            (std::sqrt(1.0 - noise_.common) * sigma) * (modes_ * amplitudes.head(modes)).transpose();
        result.segment(static_cast<Eigen::Index>(slice) * points, points).array() +=
            std::sqrt(noise_.common) * sigma * amplitudes[modes];
    }
    return result;
}

}  // namespace hadronforce
