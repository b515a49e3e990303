#include "lattice/ensemble_attributes.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

[[noreturn]] void refuse(File const& file, std::string const& name, std::string const& what) {
    throw InputError(fmt::format("{}:/@{}: {}; import the correlators again", file.path(), name, what));
}

std::int64_t counted(File const& file, std::string const& name) {
    std::int64_t const value = file.integer_attribute("/", name);
    if (value < 1) refuse(file, name, fmt::format("is {}, it must be at least 1", value));
    return value;
}

double finite(File const& file, std::string const& name, bool may_be_zero) {
    double const value = file.double_attribute("/", name);
    if (!std::isfinite(value) || value < 0.0 || (value == 0.0 && !may_be_zero))
        refuse(file, name, fmt::format("is {}, it must be {}", value, may_be_zero ? "0 or positive" : "positive"));
    return value;
}

/// In the units of a mass in a config.
double mass(File const& file, std::string const& name, double inverse_a_MeV) {
    double const mass_a = finite(file, name, false), mass_MeV = mass_a * inverse_a_MeV;
    if (!(mass_MeV >= 1e-3 && mass_MeV <= 1e9))
        refuse(file, name,
               fmt::format("is {:g}, which is {:g} MeV; it must lie between 0.001 and 1e9 MeV", mass_a, mass_MeV));
    return mass_a;
}

Resampling::Kind kind_of(File const& file) {
    auto const name = file.string_attribute("/", "resampling");
    for (auto const kind : {Resampling::Kind::jackknife, Resampling::Kind::bootstrap})
        if (name == name_of(kind)) return kind;
    refuse(file, "resampling", fmt::format("is '{}', it must be jackknife or bootstrap", name));
}

}  // namespace

double Ensemble::reduced_mass_a() const { return units::reduced_mass(baryons[0].mass_a, baryons[1].mass_a); }

double Ensemble::mass_asymmetry() const {
    return (baryons[0].mass_a - baryons[1].mass_a) / (baryons[0].mass_a + baryons[1].mass_a);
}

void write_ensemble(File& file, Ensemble const& ensemble) {
    file.set_attribute("/", "L", ensemble.spatial_extent);
    file.set_attribute("/", "T", ensemble.temporal_extent);
    file.set_attribute("/", "inverse_a_MeV", ensemble.inverse_a_MeV);
    file.set_attribute("/", "channel", ensemble.channel);
    file.set_attribute("/", "source", ensemble.source);
    for (std::size_t i = 0; i < 2; ++i) {
        auto const& baryon = ensemble.baryons[i];
        file.set_attribute("/", fmt::format("baryon{}", i + 1), baryon.name);
        file.set_attribute("/", fmt::format("mass{}_a", i + 1), baryon.mass_a);
        file.set_attribute("/", fmt::format("mass{}_error_a", i + 1), baryon.mass_error_a);
    }
    file.set_attribute("/", "configurations", ensemble.configurations);
    file.set_attribute("/", "resampling", name_of(ensemble.resampling.kind));
    file.set_attribute("/", "bin_size", ensemble.resampling.bin_size);
    if (ensemble.resampling.kind != Resampling::Kind::bootstrap) return;
    file.set_attribute("/", "bootstrap_samples", ensemble.resampling.bootstrap_samples);
    if (ensemble.resampling.seed) file.set_attribute("/", "bootstrap_seed", *ensemble.resampling.seed);
}

Ensemble read_ensemble(File const& file) {
    Ensemble ensemble;
    ensemble.spatial_extent = counted(file, "L");
    ensemble.temporal_extent = counted(file, "T");
    ensemble.inverse_a_MeV = finite(file, "inverse_a_MeV", false);
    ensemble.channel = file.string_attribute("/", "channel");
    ensemble.source = file.string_attribute("/", "source");
    for (std::size_t i = 0; i < 2; ++i)
        ensemble.baryons[i] = {file.string_attribute("/", fmt::format("baryon{}", i + 1)),
                               mass(file, fmt::format("mass{}_a", i + 1), ensemble.inverse_a_MeV),
                               finite(file, fmt::format("mass{}_error_a", i + 1), true)};
    ensemble.configurations = counted(file, "configurations");
    ensemble.resampling.kind = kind_of(file);
    ensemble.resampling.bin_size = counted(file, "bin_size");
    if (ensemble.resampling.kind == Resampling::Kind::bootstrap) {
        ensemble.resampling.bootstrap_samples = counted(file, "bootstrap_samples");
        if (file.has_attribute("/", "bootstrap_seed"))
            ensemble.resampling.seed = file.integer_attribute("/", "bootstrap_seed");
    }
    if (ensemble.configurations % ensemble.resampling.bin_size != 0)
        refuse(file, "bin_size",
               fmt::format("is {}, which leaves bins of different length of {} configurations",
                           ensemble.resampling.bin_size, ensemble.configurations));
    return ensemble;
}

}  // namespace hadronforce
