#include "hadronforce/lattice/correlator_file.hpp"
#include "lattice/ensemble_attributes.hpp"

namespace hadronforce {

void write_correlator(Communicator const& comm, std::string const& path, Correlator const& correlator,
                      std::string const& config) {
    auto const& ensemble = correlator.ensemble;
    CubicOrbits const orbits(ensemble.spatial_extent);
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"correlator", correlator_format_version, config, ensemble.resampling.seed.value_or(0)});
    write_ensemble(file, ensemble);
    file.write_vector("/t", {correlator.times.begin(), correlator.times.end()}, {"a", "time slices", {"time"}});
    RowMatrixXd points(orbits.size(), 3);
    for (Eigen::Index i = 0; i < orbits.size(); ++i)
        for (int axis = 0; axis < 3; ++axis)
            points(i, axis) = orbits.representatives()[static_cast<std::size_t>(i)][static_cast<std::size_t>(axis)];
    file.write_all("/points", points, Precision::float64,
                   {"a", "site that represents each cubic orbit, L/2 >= x >= y >= z >= 0", {"point", "axis"}});
    file.set_attribute("/points", "names", std::vector<std::string>{"x", "y", "z"});
    file.write_vector("/r", {orbits.r().begin(), orbits.r().end()}, {"a", "distance of the site", {"point"}});
    file.write_vector(
        "/multiplicity", {orbits.multiplicity().begin(), orbits.multiplicity().end()},
        {"1", "sites of each orbit: an integral over space is the sum of multiplicity times value", {"point"}});
    auto const samples = sample_count(ensemble.resampling, ensemble.configurations);
    file.create_dataset(
        "/R", {samples, static_cast<std::int64_t>(correlator.times.size()), orbits.size()}, Precision::float64,
        {"lattice units", "R(t, r) = C_2B/(C_B1 C_B2) of each resampling sample", {"sample", "time", "point"}});
    file.write_rows("/R", correlator.samples, correlator.R);
    file.write_all("/ensemble_R", correlator.ensemble_R, Precision::float64,
                   {"lattice units", "R(t, r) of the mean over all configurations", {"time", "point"}});
    file.close();
}

}  // namespace hadronforce
