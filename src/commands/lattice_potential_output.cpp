#include "commands/lattice_potential_output.hpp"

#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

constexpr std::int64_t lattice_potential_format_version = 2;

struct TermName {
    char const* column;
    char const* dataset;
    char const* meaning;
};

constexpr TermName term_names[LeadingOrderPotential::terms] = {
    {"kinetic", "/kinetic", "-H0 R/R = lap R/(2 mu R)"},
    {"ddt", "/ddt", "-(dR/dt)/R"},
    {"d2dt2", "/d2dt2", "(1 + 3 D^2)/(8 mu) (d^2R/dt^2)/R"},
    {"V", "/V", "leading-order local potential, the sum of its three terms"},
};

}  // namespace

std::string potential_table(CorrelatorFile const& file, LeadingOrderSettings const& settings,
                            LeadingOrderPotential const& potential, std::vector<LocalFit> const& fits) {
    auto const& ensemble = file.ensemble();
    auto const& orbits = file.orbits();
    std::string text = "t,x,y,z,r";
    for (auto const& term : term_names) text += fmt::format(",{0},{0}_error", term.column);
    text += ",r_fm,V_MeV,V_error_MeV";
    text += !fits.empty() ? ",V_fit_MeV,V_fit_error_MeV\n" : "\n";
    text += fmt::format("# {}, L = {}, 1/a = {} MeV, reduced mass {}/a, stencils of order {} in space, {} in time\n",
                        ensemble.channel, ensemble.spatial_extent, ensemble.inverse_a_MeV, settings.reduced_mass_a,
                        static_cast<int>(settings.space_order), static_cast<int>(settings.time_order));
    text += fmt::format("# {} samples ({}, bins of {}); t, x, y, z, r and all terms in lattice units\n", file.samples(),
                        name_of(ensemble.resampling.kind), ensemble.resampling.bin_size);
    double const a_fm = units::hbar_c_MeV_fm / ensemble.inverse_a_MeV;
    for (std::size_t slice = 0; slice < potential.times.size(); ++slice) {
        auto const* const fit = fits.empty() ? nullptr : &fits[slice];
        std::size_t fitted = 0;  // points of the fit so far; they come in the order of the orbits
        for (Eigen::Index p = 0; p < orbits.size(); ++p) {
            auto const& site = orbits.representatives()[static_cast<std::size_t>(p)];
            auto const column = static_cast<Eigen::Index>(slice) * orbits.size() + p;
            text +=
                fmt::format("{},{},{},{},{:.12g}", potential.times[slice], site[0], site[1], site[2], orbits.r()[p]);
            for (auto const& result : potential.result)
                text += fmt::format(",{:.12g},{:.12g}", result.mean[column], result.error[column]);
            auto const& total = potential.result[LeadingOrderPotential::total];
            text +=
                fmt::format(",{:.12g},{:.12g},{:.12g}", orbits.r()[p] * a_fm,
                            total.mean[column] * ensemble.inverse_a_MeV, total.error[column] * ensemble.inverse_a_MeV);
            if (fit && fitted < fit->points.size() && fit->points[fitted] == p) {
                auto const i = static_cast<Eigen::Index>(fitted++);
                text += fmt::format(",{:.12g},{:.12g}", fit->at_points.mean[i], fit->at_points.error[i]);
            } else if (fit) {
                text += ",,";
            }
            text += "\n";
        }
    }
    return text;
}

void write_leading_order_potential(Communicator const& comm, std::string const& path, std::string const& config,
                                   CorrelatorFile const& correlator, LeadingOrderSettings const& settings,
                                   LeadingOrderPotential const& potential, std::vector<LocalFit> const& fits) {
    auto const& ensemble = correlator.ensemble();
    auto const& orbits = correlator.orbits();
    auto const slices = static_cast<std::int64_t>(potential.times.size());
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"lattice_potential", lattice_potential_format_version, config, 0});
    file.set_attribute("/", "channel", ensemble.channel);
    file.set_attribute("/", "L", ensemble.spatial_extent);
    file.set_attribute("/", "inverse_a_MeV", ensemble.inverse_a_MeV);
    file.set_attribute("/", "reduced_mass_a", settings.reduced_mass_a);
    file.set_attribute("/", "mass_asymmetry", settings.mass_asymmetry);
    file.set_attribute("/", "space_order", static_cast<std::int64_t>(settings.space_order));
    file.set_attribute("/", "time_order", static_cast<std::int64_t>(settings.time_order));
    file.set_attribute("/", "resampling", name_of(ensemble.resampling.kind));
    file.set_attribute("/", "correlator", correlator.path());
    file.write_vector("/t", {potential.times.begin(), potential.times.end()}, {"a", "time slices", {"time"}});
    RowMatrixXd points(orbits.size(), 3);
    for (Eigen::Index i = 0; i < orbits.size(); ++i) {
        auto const& site = orbits.representatives()[static_cast<std::size_t>(i)];
        points.row(i) << site[0], site[1], site[2];
    }
    file.write_all("/points", points, Precision::float64, {"a", "site of each cubic orbit", {"point", "axis"}});
    file.write_vector("/r", {orbits.r().begin(), orbits.r().end()}, {"a", "distance of the site", {"point"}});
    file.write_vector("/multiplicity", {orbits.multiplicity().begin(), orbits.multiplicity().end()},
                      {"1", "sites of each orbit", {"point"}});
    for (std::size_t i = 0; i < LeadingOrderPotential::terms; ++i) {
        std::string const name = term_names[i].dataset, meaning = term_names[i].meaning;
        file.create_dataset(name + "_samples", {correlator.samples(), slices, orbits.size()}, Precision::float64,
                            {"1/a", meaning + ", each resampling sample", {"sample", "time", "point"}});
        file.write_rows(name + "_samples", potential.samples, potential.of_sample[i]);
        auto const by_time = [&](Eigen::RowVectorXd const& values) {
            return RowMatrixXd(Eigen::Map<RowMatrixXd const>(values.data(), slices, orbits.size()));
        };
        file.write_all(name, by_time(potential.result[i].mean), Precision::float64,
                       {"1/a", meaning + ", mean over samples", {"time", "point"}});
        file.write_all(name + "_error", by_time(potential.result[i].error), Precision::float64,
                       {"1/a", meaning + ", standard error", {"time", "point"}});
    }
    write_local_fits(file, fits, correlator);
    file.close();
}

}  // namespace hadronforce
