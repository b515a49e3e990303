#include "hadronforce/femtoscopy/pair_model.hpp"

#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/smeared_charges.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

namespace hadronforce {
namespace {

bool is_plain(UncoupledModel const& model) {
    return model.channels.size() == 1 && model.channels[0].exchange == Exchange::none &&
           model.channels[0].waves.size() == 1 && model.channels[0].waves[0].l == 0;
}

std::string count(std::size_t n, std::string const& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

std::string path_of_wave(std::size_t channel, std::size_t wave) {
    return "channels[" + std::to_string(channel) + "].waves[" + std::to_string(wave) + "]";
}

void for_each_form(PairModel const& model, std::function<void(ModelForm const&)> const& visit) {
    if (auto const* uncoupled = std::get_if<UncoupledModel>(&model.kind)) {
        visit(uncoupled->source);
        for (auto const& channel : uncoupled->channels)
            for (auto const& wave : channel.waves) visit(wave.potential);
        return;
    }
    auto const& coupled = std::get<CoupledModel>(model.kind);
    for (auto const& channel : coupled.channels) visit(channel.source);
    for (auto const& entry : coupled.potentials) {
        if (entry.real) visit(*entry.real);
        if (entry.imaginary) visit(*entry.imaginary);
    }
}

std::shared_ptr<LocalPotential const> potential_at(ModelForm const& form, Eigen::VectorXd const& parameters,
                                                   double reduced_mass_MeV) {
    return make_potential(form.form, form.at(parameters), reduced_mass_MeV);
}

}  // namespace

PotentialParameters ModelForm::at(Eigen::VectorXd const& parameters) const {
    PotentialParameters result;
    for (auto const& [key, entries] : numbers) {
        auto& values = result[key];
        values.reserve(entries.size());
        for (auto const& entry : entries) values.push_back(entry.at(parameters));
    }
    return result;
}

bool ModelForm::has_parameters() const {
    return std::any_of(numbers.begin(), numbers.end(), [](auto const& entry) {
        return std::any_of(entry.second.begin(), entry.second.end(),
                           [](ModelNumber const& number) { return number.parameter.has_value(); });
    });
}

std::vector<Channel> CoupledModel::physical_channels() const {
    std::vector<Channel> result;
    for (auto const& channel : channels) result.push_back(channel.channel);
    return result;
}

double CoupledModel::reduced_mass_MeV(int first, int second) const {
    auto const mass = [&](int i) { return channels[static_cast<std::size_t>(i)].channel.reduced_mass_MeV; };
    return std::sqrt(mass(first) * mass(second));
}

std::string PairModel::interaction_name() const {
    if (auto const* coupled = std::get_if<CoupledModel>(&kind))
        return count(coupled->channels.size(), "coupled channel");
    auto const& uncoupled = std::get<UncoupledModel>(kind);
    if (is_plain(uncoupled)) return uncoupled.channels[0].waves[0].potential.form;
    std::size_t waves = 0;
    for (auto const& channel : uncoupled.channels) waves += channel.waves.size();
    return count(uncoupled.channels.size(), "channel") + ", " + count(waves, "wave");
}

std::vector<Eigen::Index> parameters_of(PairModel const& model) {
    std::set<Eigen::Index> places;
    auto const add = [&](ModelNumber const& number) {
        if (number.parameter) places.insert(*number.parameter);
    };
    for_each_form(model, [&](ModelForm const& form) {
        for (auto const& [key, entries] : form.numbers)
            for (auto const& entry : entries) add(entry);
    });
    if (auto const* coupled = std::get_if<CoupledModel>(&model.kind))
        for (auto const& channel : coupled->channels) add(channel.weight);
    return {places.begin(), places.end()};
}

std::vector<SpinChannel> spin_channels(UncoupledModel const& model, Eigen::VectorXd const& parameters) {
    std::vector<SpinChannel> channels;
    for (auto const& channel : model.channels) {
        channels.push_back({channel.weight, channel.exchange, {}});
        for (auto const& wave : channel.waves) {
            auto potential = potential_at(wave.potential, parameters, model.reduced_mass_MeV);
            channels.back().waves.push_back(
                {wave.l, with_charges(std::move(potential), model.charge_product, model.charge_radius_fm)});
        }
    }
    return channels;
}

PotentialMatrix potential_matrix(CoupledModel const& model, Eigen::VectorXd const& parameters) {
    PotentialMatrix matrix(static_cast<int>(model.channels.size()));
    for (auto const& entry : model.potentials) {
        double const mass = model.reduced_mass_MeV(entry.first, entry.second);
        auto const part = [&](std::optional<ModelForm> const& form) {
            return form ? potential_at(*form, parameters, mass) : nullptr;
        };
        matrix.set(entry.first, entry.second, part(entry.real), part(entry.imaginary));
    }
    return matrix;
}

std::vector<PlacedPotential> potentials_of(PairModel const& model, Eigen::VectorXd const& parameters) {
    std::vector<PlacedPotential> result;
    if (auto const* uncoupled = std::get_if<UncoupledModel>(&model.kind)) {
        auto const channels = spin_channels(*uncoupled, parameters);
        for (std::size_t c = 0; c < channels.size(); ++c)
            for (std::size_t w = 0; w < channels[c].waves.size(); ++w)
                result.push_back({is_plain(*uncoupled) ? "potential" : path_of_wave(c, w),
                                  channels[c].waves[w].potential,
                                  uncoupled->channels[c].waves[w].potential.has_parameters()});
        return result;
    }
    auto const& coupled = std::get<CoupledModel>(model.kind);
    for (std::size_t i = 0; i < coupled.potentials.size(); ++i) {
        auto const& entry = coupled.potentials[i];
        double const mass = coupled.reduced_mass_MeV(entry.first, entry.second);
        std::string const path = "coupled.potentials[" + std::to_string(i) + "].";
        auto const add = [&](std::optional<ModelForm> const& form, char const* part) {
            if (form) result.push_back({path + part, potential_at(*form, parameters, mass), form->has_parameters()});
        };
        add(entry.real, "real");
        add(entry.imaginary, "imaginary");
    }
    return result;
}

void check_model(PairModel const& model, Eigen::VectorXd const& parameters) {
    potentials_of(model, parameters);
    auto const check_source = [&](ModelForm const& form) { make_source(form.form, form.at(parameters)); };
    if (auto const* coupled = std::get_if<CoupledModel>(&model.kind))
        for (auto const& channel : coupled->channels) check_source(channel.source);
    else
        check_source(std::get<UncoupledModel>(model.kind).source);
}

std::vector<std::string> observable_names(PairModel const& model) {
    std::vector<std::string> names;
    if (auto const* coupled = std::get_if<CoupledModel>(&model.kind)) {
        auto const& observed = coupled->channels.front().channel;
        if (observed.orbital == 0 && observed.charge_product == 0.0) names = {"a0_real_fm", "a0_imaginary_fm"};
        for (char const* name : {"delta_k_min_rad", "inelasticity_k_min", "delta_k_max_rad", "inelasticity_k_max"})
            names.emplace_back(name);
        return names;
    }
    auto const& uncoupled = std::get<UncoupledModel>(model.kind);
    for (std::size_t c = 0; c < uncoupled.channels.size(); ++c)
        for (std::size_t w = 0; w < uncoupled.channels[c].waves.size(); ++w) {
            std::string const prefix = is_plain(uncoupled) ? "" : path_of_wave(c, w) + ".";
            PartialWaveKind const kind{uncoupled.channels[c].waves[w].l, uncoupled.charge_product};
            if (kind.neutral_s_wave())
                for (char const* name : {"a0_fm", "r_eff_fm", "bound_states"}) names.push_back(prefix + name);
            else
                for (char const* name : {"delta_k_min_rad", "delta_k_max_rad"}) names.push_back(prefix + name);
        }
    return names;
}

}  // namespace hadronforce
