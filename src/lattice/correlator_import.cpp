#include "hadronforce/lattice/correlator_import.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/lattice/baryon_correlator.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// Where the quantities of one configuration stand in a row: the waves of all times, then the correlators of both
/// baryons at all times.
struct Layout {
    Eigen::Index points, slices, temporal_extent;
    Eigen::Index wave(Eigen::Index slice) const { return slice * points; }
    Eigen::Index baryon(Eigen::Index which) const { return slices * points + which * temporal_extent; }
    Eigen::Index size() const { return baryon(2); }
};

void check(ImportSettings const& settings) {
    auto names = settings.configurations;
    std::sort(names.begin(), names.end());
    auto const twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) throw InputError(fmt::format("configuration {} is listed twice; list each once", *twice));
    for (std::int64_t const t : settings.times)
        if (t < 0 || t >= settings.ensemble.temporal_extent)
            throw InputError(fmt::format("t = {} lies outside 0 ... T - 1 = {}; change the times", t,
                                         settings.ensemble.temporal_extent - 1));
}

Eigen::ArrayXd read_baryon(BaryonFiles const& files, std::string const& configuration, std::int64_t temporal_extent) {
    auto const particle = read_baryon_correlator(files.particle(configuration), temporal_extent);
    if (!files.antiparticle) return particle;
    return fold(particle, read_baryon_correlator(files.antiparticle(configuration), temporal_extent));
}

void read_configuration(Communicator const& self, ImportSettings const& settings, std::string const& configuration,
                        CubicOrbits const& orbits, Layout const& layout, Eigen::Ref<Eigen::RowVectorXd> row) {
    for (Eigen::Index slice = 0; slice < layout.slices; ++slice) {
        auto const path = settings.wave_file(configuration, settings.times[static_cast<std::size_t>(slice)]);
        row.segment(layout.wave(slice), layout.points) =
            read_raw_wave(self, settings.wave_format, path, orbits).transpose();
    }
    for (Eigen::Index which = 0; which < 2; ++which) {
        auto const& files = which == 0 ? settings.baryons.front() : settings.baryons.back();
        row.segment(layout.baryon(which), layout.temporal_extent) =
            read_baryon(files, configuration, layout.temporal_extent).transpose();
    }
}

/// R(t, r) of one row of means; `named` is what the row is, for messages.
Eigen::RowVectorXd ratio(ImportSettings const& settings, Layout const& layout, CubicOrbits const& orbits,
                         Eigen::Ref<Eigen::RowVectorXd const> const& means, std::string const& named) {
    Eigen::RowVectorXd R(layout.slices * layout.points);
    for (Eigen::Index slice = 0; slice < layout.slices; ++slice) {
        auto const t = settings.times[static_cast<std::size_t>(slice)];
        double const norm = means[layout.baryon(0) + t] * means[layout.baryon(1) + t];
        R.segment(layout.wave(slice), layout.points) = means.segment(layout.wave(slice), layout.points) / norm;
        for (Eigen::Index p = 0; p < layout.points; ++p) {
            double const value = R[layout.wave(slice) + p];
            if (value != 0.0 && std::isfinite(value)) continue;
            auto const& site = orbits.representatives()[static_cast<std::size_t>(p)];
            throw InputError(
                fmt::format("{}, {} and those of the other configurations: R(t = {}, ({}, {}, {})) of {} is {}, with "
                            "C_B1 C_B2 = {}; they hold no signal there, check their names and times",
                            settings.wave_file(settings.configurations.front(), t),
                            settings.baryons.front().particle(settings.configurations.front()), t, site[0], site[1],
                            site[2], named, value, norm));
        }
    }
    return R;
}

}  // namespace

Correlator import_correlator(Communicator const& comm, ImportSettings const& settings,
                             std::function<void(std::int64_t read)> const& progress) {
    auto const& ensemble = settings.ensemble;
    agree(comm, [&] {
        check(settings);
        sample_count(ensemble.resampling, ensemble.configurations);
    });
    CubicOrbits const orbits(ensemble.spatial_extent);
    Layout const layout{orbits.size(), static_cast<Eigen::Index>(settings.times.size()), ensemble.temporal_extent};
    auto const share = share_of(ensemble.configurations, comm.rank(), comm.size());
    Communicator const self = comm.split(comm.rank());
    RowMatrixXd own(share.size(), layout.size());
    agree(comm, [&] {
        for (std::int64_t c = share.begin; c < share.end; ++c) {
            read_configuration(self, settings, settings.configurations[static_cast<std::size_t>(c)], orbits, layout,
                               own.row(c - share.begin));
            if (progress) progress(c + 1 - share.begin);
        }
    });
    auto const means = resample(comm, ensemble.resampling, ensemble.configurations, own);

    Correlator result;
    result.ensemble = ensemble;
    result.times = settings.times;
    result.samples = means.samples;
    result.R.resize(means.samples.size(), layout.slices * layout.points);
    agree(comm, [&] {
        for (Eigen::Index i = 0; i < result.R.rows(); ++i)
            result.R.row(i) =
                ratio(settings, layout, orbits, means.means.row(i), fmt::format("sample {}", means.samples.begin + i));
        Eigen::RowVectorXd const R = ratio(settings, layout, orbits, means.ensemble_mean, "the mean");
        result.ensemble_R = Eigen::Map<RowMatrixXd const>(R.data(), layout.slices, layout.points);
    });
    return result;
}

}  // namespace hadronforce
