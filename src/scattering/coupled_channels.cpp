#include "hadronforce/scattering/coupled_channels.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coupled_waves.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace hadronforce {

PotentialMatrix::PotentialMatrix(int channels) : channels_(channels) {
    if (channels < 1 || channels > most_channels)
        throw InputError("the number of coupled channels must be between 1 and " + std::to_string(most_channels));
    entries_.resize(static_cast<std::size_t>(channels) * static_cast<std::size_t>(channels));
}

void PotentialMatrix::set(int i, int j, std::shared_ptr<LocalPotential const> real,
                          std::shared_ptr<LocalPotential const> imaginary) {
    if (std::min(i, j) < 0 || std::max(i, j) >= channels_)
        throw InputError("the potential matrix has no entry " + std::to_string(i + 1) + ", " + std::to_string(j + 1));
    entries_[static_cast<std::size_t>(i * channels_ + j)] = {real, imaginary};
    entries_[static_cast<std::size_t>(j * channels_ + i)] = {std::move(real), std::move(imaginary)};
}

bool PotentialMatrix::is_complex() const noexcept {
    return std::any_of(entries_.begin(), entries_.end(), [](Entry const& entry) { return entry.imaginary != nullptr; });
}

bool PotentialMatrix::has_knots() const noexcept {
    auto const rough = [](auto const& part) { return part != nullptr && part->has_knots(); };
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](Entry const& entry) { return rough(entry.real) || rough(entry.imaginary); });
}

LocalPotential const* PotentialMatrix::real(int i, int j) const {
    return entries_[static_cast<std::size_t>(i * channels_ + j)].real.get();
}

LocalPotential const* PotentialMatrix::imaginary(int i, int j) const {
    return entries_[static_cast<std::size_t>(i * channels_ + j)].imaginary.get();
}

std::optional<double> radius_of_emission(PotentialMatrix const& potential) {
    Eigen::ArrayXd const r_fm = Eigen::ArrayXd::LinSpaced(801, 0.0, 20.0);
    int const n = potential.channels();
    std::vector<Eigen::MatrixXd> imaginary(static_cast<std::size_t>(r_fm.size()), Eigen::MatrixXd::Zero(n, n));
    Eigen::ArrayXd v_MeV(r_fm.size());
    double largest = 0.0;
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j)
            if (auto const* part = potential.imaginary(i, j)) {
                part->fill_MeV(r_fm, v_MeV);
                largest = std::max(largest, v_MeV.abs().maxCoeff());
                for (Eigen::Index at = 0; at < r_fm.size(); ++at)
                    imaginary[static_cast<std::size_t>(at)](i, j) = v_MeV[at];
            }
    for (Eigen::Index at = 0; largest > 0.0 && at < r_fm.size(); ++at) {
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const eigen(imaginary[static_cast<std::size_t>(at)],
                                                                   Eigen::EigenvaluesOnly);
        if (eigen.eigenvalues()[n - 1] > 1e-9 * largest) return r_fm[at];
    }
    return std::nullopt;
}

void check_channels(std::vector<Channel> const& channels, PotentialMatrix const& potential) {
    if (static_cast<int>(channels.size()) != potential.channels())
        throw InputError("the potential matrix is for " + std::to_string(potential.channels()) + " channels, not " +
                         std::to_string(channels.size()));
    if (channels.front().threshold_MeV != 0.0)
        throw InputError("thresholds count from the first channel, whose own must be 0");
    for (auto const& channel : channels) {
        if (!(std::isfinite(channel.reduced_mass_MeV) && channel.reduced_mass_MeV > 0.0))
            throw InputError("the reduced mass of every channel must be positive and finite, in MeV");
        if (!std::isfinite(channel.threshold_MeV) || !std::isfinite(channel.charge_product))
            throw InputError("thresholds and charges of channels must be finite");
        if (channel.orbital < 0 || channel.orbital > 20) throw InputError("l of a channel must be between 0 and 20");
    }
}

CoupledScattering scatter_coupled(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                                  Eigen::ArrayXd const& k_star_MeV, double tolerance) {
    check_channels(channels, potential);
    check_momenta_and_mass(k_star_MeV, channels.front().reduced_mass_MeV);
    check_sommerfeld_parameters(k_star_MeV, channels.front().reduced_mass_MeV, channels.front().charge_product,
                                largest_repulsive_eta);
    if (!(tolerance >= 1e-10 && tolerance <= 1e-2)) throw InputError("the tolerance must lie between 1e-10 and 1e-2");
    Eigen::ArrayXd const k = k_star_MeV / units::hbar_c_MeV_fm;
    CoupledWaves waves(channels, k);
    double const slowest = std::sqrt(waves.k_squared_per_fm2().leftCols(k.size()).abs().minCoeff());
    waves.set_potential(potential, negligible_potential_per_fm2(tolerance, std::max(slowest, 1e-3)), 0.0);
    int const first_level = waves.first_level(tolerance);
    auto const at_level = [&](int level) { return CoupledWaves::packed(waves.at_level(first_level + level, {})); };
    auto const result = extrapolate_to_zero_step(at_level, waves.packed_size(), tolerance,
                                                 RadialGrid::finest_level - first_level, potential.has_knots());
    auto scattering = waves.unpacked(result.values);
    scattering.error_estimate = result.error_estimate;
    return scattering;
}

}  // namespace hadronforce
