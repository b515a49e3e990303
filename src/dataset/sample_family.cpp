#include "hadronforce/dataset/sample_family.hpp"

#include "hadronforce/dataset/random.hpp"
#include "hadronforce/units/constants.hpp"

namespace hadronforce {

double Pair::reduced_mass_MeV() const { return units::reduced_mass(mass1_MeV, mass2_MeV); }

std::vector<std::string> SampleFamily::names() const {
    std::vector<std::string> all;
    for (auto const& parameter : free) all.push_back(parameter.name);
    return all;
}

std::vector<double> SampleFamily::draw(std::uint64_t seed, std::int64_t index) const {
    std::vector<double> values;
    for (std::size_t i = 0; i < free.size(); ++i)
        values.push_back(free[i].prior.quantile(
            uniform_draw(seed, static_cast<std::uint64_t>(index), static_cast<std::uint32_t>(i))));
    return values;
}

PairInteraction SampleFamily::interaction(std::vector<double> const& free_values) const {
    PotentialParameters of_potential = potential;
    SourceParameters of_source = source;
    for (std::size_t i = 0; i < free.size(); ++i) {
        auto& parameters = free[i].of_source ? of_source : of_potential;
        parameters[free[i].key][free[i].entry] = free_values[i];
    }
    return {make_potential(potential_form, of_potential, pair.reduced_mass_MeV()), make_source(source_form, of_source)};
}

CorrelationSolver SampleFamily::make_solver() const { return {k_star_MeV, pair.reduced_mass_MeV(), tolerance}; }

}  // namespace hadronforce
