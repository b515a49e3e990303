#include "hadronforce/lattice/correlator_mock.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

[[noreturn]] void refuse_depth(double energy) {
    throw InputError(
        fmt::format("a state in the box has energy {:.3g}/a, too deep for the time-dependent equation; "
                    "make the interaction weaker or a smaller",
                    energy));
}

/// sqrt(m1^2 + k^2) + sqrt(m2^2 + k^2) - m1 - m2 at k^2 = 2 mu E.
double relativistic_rate(Ensemble const& ensemble, double energy) {
    double const k2 = 2.0 * ensemble.reduced_mass_a() * energy;
    double rate = 0.0;
    for (auto const& baryon : ensemble.baryons) {
        double const m = baryon.mass_a, square = m * m + k2;
        if (!(square > 0.0)) refuse_depth(energy);
        rate += k2 / (std::sqrt(square) + m);
    }
    return rate;
}

/// dW of an energy E: see Dispersion and TimeDependence.
double decay_rate(CorrelatorMockSettings const& settings, double energy) {
    if (settings.dispersion == Dispersion::relativistic) {
        if (settings.time_dependence != TimeDependence::exact)
            throw InputError("a relativistic dispersion needs an exact time dependence");
        return relativistic_rate(settings.ensemble, energy);
    }
    double const D = settings.ensemble.mass_asymmetry();
    double const c = (1.0 + 3.0 * D * D) / (8.0 * settings.ensemble.reduced_mass_a());
    double const discriminant = 1.0 + 4.0 * c * energy;
    if (!(discriminant > 0.0)) refuse_depth(energy);
    double rate = (std::sqrt(discriminant) - 1.0) / (2.0 * c);
    if (settings.time_dependence == TimeDependence::exact) return rate;
    auto const d1 = first_derivative_weights(settings.time_order);
    auto const d2 = second_derivative_weights(settings.time_order);
    int const reach = reach_of(settings.time_order);
    for (int iteration = 0; iteration < 50; ++iteration) {
        double value = -energy, slope = 0.0;
        for (int step = -reach; step <= reach; ++step) {
            double const weight =
                c * d2[static_cast<std::size_t>(step + reach)] - d1[static_cast<std::size_t>(step + reach)];
            value += weight * std::exp(-rate * step);
            slope -= weight * step * std::exp(-rate * step);
        }
        double const change = value / slope;
        rate -= change;
        if (std::abs(change) < 1e-15 * (1.0 + std::abs(rate))) return rate;
    }
    throw InputError(
        fmt::format("a state in the box with energy {:.3g}/a has no decay that obeys the finite differences in time; "
                    "take fewer states",
                    energy));
}

Eigen::VectorXd weights_of(CorrelatorMockSettings const& settings, CubicOrbits const& orbits,
                           BoxSpectrum const& spectrum) {
    if (settings.weights.empty()) return spectrum.states.transpose() * orbits.multiplicity().matrix();
    if (static_cast<Eigen::Index>(settings.weights.size()) != settings.states)
        throw InputError(fmt::format("{} weights were given for {} states", settings.weights.size(), settings.states));
    return Eigen::Map<Eigen::VectorXd const>(settings.weights.data(), settings.states);
}

/// R of each configuration, the first of which has the number `first`.
void check_signal(RowMatrixXd const& R, CorrelatorMockSettings const& settings, Eigen::Index points,
                  std::int64_t first) {
    for (Eigen::Index c = 0; c < R.rows(); ++c)
        for (Eigen::Index i = 0; i < R.cols(); ++i)
            if (!std::isfinite(R(c, i)) || R(c, i) == 0.0)
                throw InputError(fmt::format(
                    "R(t = {}, point {}) of configuration {} is {}; {}",
                    settings.times[static_cast<std::size_t>(i / points)], i % points, first + c, R(c, i),
                    R(c, i) == 0.0 ? "give states a weight" : "lower the noise or its growth, or take earlier times"));
}

}  // namespace

Correlator mock_correlator(Communicator const& comm, CorrelatorMockSettings const& settings,
                           BoxInteraction const& interaction, BoxSpectrum* found) {
    CubicOrbits const orbits(settings.ensemble.spatial_extent);
    Eigen::Index const points = orbits.size();
    Eigen::RowVectorXd noiseless(static_cast<Eigen::Index>(settings.times.size()) * points);
    agree(comm, [&] {
        auto const spectrum = box_spectrum(orbits, settings.space_order, settings.ensemble.reduced_mass_a(),
                                           interaction, settings.states);
        if (found != nullptr) *found = spectrum;
        Eigen::VectorXd const weights = weights_of(settings, orbits, spectrum);
        for (std::size_t slice = 0; slice < settings.times.size(); ++slice) {
            Eigen::VectorXd at_t = weights;
            for (Eigen::Index n = 0; n < settings.states; ++n)
                at_t[n] *=
                    std::exp(-decay_rate(settings, spectrum.energies[n]) * static_cast<double>(settings.times[slice]));
            noiseless.segment(static_cast<Eigen::Index>(slice) * points, points) = (spectrum.states * at_t).transpose();
        }
    });
    comm.broadcast(noiseless.data(), static_cast<std::size_t>(noiseless.size()));

    NoiseSource const noise(orbits, settings.noise, settings.times);
    auto const share = share_of(settings.ensemble.configurations, comm.rank(), comm.size());
    RowMatrixXd own(share.size(), noiseless.size());
    for (std::int64_t c = share.begin; c < share.end; ++c)
        own.row(c - share.begin) = noiseless.array() * (1.0 + noise.of_configuration(c).array());
    agree(comm, [&] { check_signal(own, settings, points, share.begin); });
    auto means = resample(comm, settings.ensemble.resampling, settings.ensemble.configurations, own);
    Correlator result{settings.ensemble, settings.times, means.samples, std::move(means.means), {}};
    result.ensemble_R = Eigen::Map<RowMatrixXd const>(means.ensemble_mean.data(),
                                                      static_cast<Eigen::Index>(settings.times.size()), points);
    return result;
}

}  // namespace hadronforce
