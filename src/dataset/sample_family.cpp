#include "hadronforce/dataset/sample_family.hpp"

#include "hadronforce/dataset/random.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

namespace hadronforce {

double Pair::reduced_mass_MeV() const { return units::reduced_mass(mass1_MeV, mass2_MeV); }

std::string path_of(WavePlace place) { return fmt::format("channels[{}].waves[{}]", place.channel, place.wave); }

std::vector<std::string> SampleFamily::names() const {
    std::vector<std::string> all;
    for (auto const& parameter : free) all.push_back(parameter.name);
    return all;
}

std::vector<WavePlace> SampleFamily::waves() const {
    std::vector<WavePlace> places;
    for (std::size_t c = 0; c < channels.size(); ++c)
        for (std::size_t w = 0; w < channels[c].waves.size(); ++w) places.push_back({c, w});
    return places;
}

bool SampleFamily::is_plain() const {
    return channels.size() == 1 && channels.front().exchange == Exchange::none && channels.front().waves.size() == 1 &&
           channels.front().waves.front().l == 0;
}

std::string SampleFamily::interaction_name() const {
    if (is_plain()) return channels.front().waves.front().form;
    auto const count = [](std::size_t n, char const* what) {
        return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
    };
    return count(channels.size(), "channel") + ", " + count(waves().size(), "wave");
}

std::vector<double> SampleFamily::draw(std::uint64_t seed, std::int64_t index) const {
    std::vector<double> values;
    for (std::size_t i = 0; i < free.size(); ++i)
        values.push_back(free[i].prior.quantile(
            uniform_draw(seed, static_cast<std::uint64_t>(index), static_cast<std::uint32_t>(i))));
    return values;
}

std::unique_ptr<LocalPotential> SampleFamily::make_potential(WavePlace place,
                                                             std::vector<double> const& free_values) const {
    auto parameters = wave(place).parameters;
    for (std::size_t i = 0; i < free.size(); ++i)
        if (free[i].place && free[i].place->channel == place.channel && free[i].place->wave == place.wave)
            parameters[free[i].key][free[i].entry] = free_values[i];
    return hadronforce::make_potential(wave(place).form, parameters, pair.reduced_mass_MeV());
}

std::unique_ptr<Source> SampleFamily::make_source(std::vector<double> const& free_values) const {
    auto parameters = source;
    for (std::size_t i = 0; i < free.size(); ++i)
        if (!free[i].place) parameters[free[i].key][free[i].entry] = free_values[i];
    return hadronforce::make_source(source_form, parameters);
}

PairInteraction SampleFamily::interaction(std::vector<double> const& free_values) const {
    PairInteraction result;
    for (auto const& channel : channels) result.channels.push_back({channel.weight, channel.exchange, {}});
    for (auto const place : waves())
        result.channels[place.channel].waves.push_back({wave(place).l, make_potential(place, free_values)});
    result.source = make_source(free_values);
    return result;
}

PairCorrelationSolver SampleFamily::make_solver() const {
    return {k_star_MeV, pair.reduced_mass_MeV(), pair.charge_product, tolerance};
}

std::vector<std::string> SampleFamily::observables() const {
    std::vector<std::string> all;
    for (auto const place : waves()) {
        std::string const prefix = is_plain() ? "" : path_of(place) + ".";
        if (is_neutral_s_wave(place))
            for (char const* name : {"a0_fm", "r_eff_fm", "bound_states"}) all.push_back(prefix + name);
        else
            for (char const* name : {"delta_k_min_rad", "delta_k_max_rad"}) all.push_back(prefix + name);
    }
    return all;
}

Eigen::RowVectorXd SampleFamily::observables(PairCorrelation const& result) const {
    std::vector<double> all;
    for (auto const place : waves()) {
        ScatteringResult const& s = result.waves[place.channel][place.wave].scattering;
        if (is_neutral_s_wave(place))
            all.insert(all.end(), {s.scattering_length_fm, s.effective_range_fm, static_cast<double>(s.bound_states)});
        else
            all.insert(all.end(), {s.delta_rad[0], s.delta_rad[s.delta_rad.size() - 1]});
    }
    return Eigen::Map<Eigen::RowVectorXd const>(all.data(), static_cast<Eigen::Index>(all.size()));
}

}  // namespace hadronforce
