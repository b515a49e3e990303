#pragma once

#include "hadronforce/lattice/correlator_fit_data.hpp"
#include "hadronforce/units/constants.hpp"
#include "lattice/cubic_operations.hpp"
#include "support/temporary_file.hpp"

#include <cmath>
#include <random>

namespace hadronforce::testing {

// On a 6^3 lattice the orbits of (3, 0, 0), 3 sites, and (2, 2, 1), 24 sites, share |r| = 3.
constexpr int L = 6;
constexpr std::int64_t samples = 5, first_time = 3;
constexpr Eigen::Index slices = 6;
constexpr double inverse_a_MeV = 1000.0, mass1_a = 0.5, mass2_a = 1.0;
constexpr double a_fm = units::hbar_c_MeV_fm / inverse_a_MeV;

/// One sample's R, slices x orbits: nothing smooth, so that no stencil can hide behind another.
inline RowMatrixXd rough_R(std::int64_t sample, Eigen::Index points) {
    std::mt19937_64 generator(100 + static_cast<std::uint64_t>(sample));
    std::uniform_real_distribution<double> uniform(0.9, 1.1);
    RowMatrixXd R(slices, points);
    for (double& value : R.reshaped()) value = uniform(generator);
    for (Eigen::Index slice = 0; slice < slices; ++slice) R.row(slice) *= std::exp(-0.3 * static_cast<double>(slice));
    return R;
}

/// The mean's: not quite the mean of the samples, as in real data.
inline RowMatrixXd ensemble_R(Eigen::Index points) { return rough_R(-1, points); }

struct RoughFile {
    CubicOrbits orbits{L};
    TemporaryFile path{"rough.h5"};

    /// `outlier`: what one point of sample 3 at t = 5 is multiplied by.
    explicit RoughFile(bool samples_differ = true, double outlier = 1.0) {
        Correlator c;
        c.ensemble.spatial_extent = L;
        c.ensemble.temporal_extent = 16;
        c.ensemble.inverse_a_MeV = inverse_a_MeV;
        c.ensemble.baryons = {LatticeBaryon{"A", mass1_a, 0.0}, LatticeBaryon{"B", mass2_a, 0.0}};
        c.ensemble.configurations = samples;
        for (std::int64_t t = first_time; t < first_time + slices; ++t) c.times.push_back(t);
        c.samples = share_of(samples, world().rank(), world().size());
        c.R.resize(c.samples.size(), slices * orbits.size());
        for (auto s = c.samples.begin; s < c.samples.end; ++s)
            c.R.row(s - c.samples.begin) =
                rough_R(samples_differ ? s : 0, orbits.size()).reshaped<Eigen::RowMajor>().transpose();
        if (c.samples.begin <= 3 && 3 < c.samples.end) c.R(3 - c.samples.begin, 2 * orbits.size() + 7) *= outlier;
        c.ensemble_R = ensemble_R(orbits.size());
        write_correlator(world(), path.path(), c, "");
    }
    CorrelatorFile open() const { return {world(), path.path()}; }
};

inline CorrelatorFitSettings some_settings(CorrelatorFile const& file) {
    CorrelatorFitSettings settings;
    settings.equation = {{5, 6},
                         StencilOrder::second,
                         StencilOrder::second,
                         file.ensemble().reduced_mass_a(),
                         file.ensemble().mass_asymmetry()};
    settings.cut_fm = 3.3 * a_fm;
    settings.inverse_variance = false;
    return settings;
}

/// {c d^2/dt^2 - d/dt + lap/(2 mu)} R at all sites, MeV, second-order stencils. Masses 1/2 and 1: mu = 1/3, D = -1/3,
/// c = 1/2.
inline Eigen::ArrayXd target_on_all_sites(CubicOrbits const& orbits, RowMatrixXd const& R, Eigen::Index slice) {
    auto const field = [&](Eigen::Index s) { return orbits.unfold(R.row(s).transpose().array()); };
    Eigen::ArrayXd const before = field(slice - 1), here = field(slice), after = field(slice + 1);
    Eigen::ArrayXd target(here.size());
    for (int z = 0; z < L; ++z)
        for (int y = 0; y < L; ++y)
            for (int x = 0; x < L; ++x) {
                int const i = site_index({x, y, z}, L);
                double laplacian = -6.0 * here[i];
                for (int const step : {-1, 1})
                    laplacian += here[site_index({x + step, y, z}, L)] + here[site_index({x, y + step, z}, L)] +
                                 here[site_index({x, y, z + step}, L)];
                target[i] = inverse_a_MeV * (1.5 * laplacian - 0.5 * (after[i] - before[i]) +
                                             0.5 * (after[i] - 2.0 * here[i] + before[i]));
            }
    return target;
}

}  // namespace hadronforce::testing
