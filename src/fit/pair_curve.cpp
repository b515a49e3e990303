#include "fit/pair_curve.hpp"

#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <set>

namespace hadronforce {
namespace {

/// Enough for a gradient and the step before it.
constexpr std::size_t most_known = 200;

PotentialParameters numbers_at(ModelNumbers const& numbers, Eigen::VectorXd const& parameters) {
    PotentialParameters result;
    for (auto const& [key, entries] : numbers)
        for (auto const& entry : entries) result[key].push_back(entry.at(parameters));
    return result;
}

std::vector<Eigen::Index> parameters_of(PairModel const& model) {
    std::set<Eigen::Index> places;
    auto const add = [&](ModelNumbers const& numbers) {
        for (auto const& [key, entries] : numbers)
            for (auto const& entry : entries)
                if (entry.parameter) places.insert(*entry.parameter);
    };
    add(model.source);
    for (auto const& channel : model.channels)
        for (auto const& wave : channel.waves) add(wave.potential);
    return {places.begin(), places.end()};
}

}  // namespace

PairCurve::PairCurve(PairModel const& model, Eigen::ArrayXd const& k_star_MeV)
    : model_(model),
      depends_on_(parameters_of(model)),
      solver_(k_star_MeV, model.reduced_mass_MeV, model.charge_product, model.tolerance) {}

Eigen::ArrayXd const& PairCurve::at(Eigen::VectorXd const& parameters) {
    std::vector<double> key;
    for (auto place : depends_on_) key.push_back(parameters[place]);
    auto found = known_.find(key);
    if (found == known_.end()) {
        if (known_.size() >= most_known) known_.clear();
        found = known_.emplace(key, solve(parameters)).first;
    }
    return found->second;
}

Eigen::ArrayXd PairCurve::solve(Eigen::VectorXd const& parameters) {
    std::vector<SpinChannel> channels;
    for (auto const& channel : model_.channels) {
        channels.push_back({channel.weight, channel.exchange, {}});
        for (auto const& wave : channel.waves)
            channels.back().waves.push_back(
                {wave.l, make_potential(wave.form, numbers_at(wave.potential, parameters), model_.reduced_mass_MeV)});
    }
    auto const source = make_source(model_.source_form, numbers_at(model_.source, parameters));
    return solver_.solve(channels, *source).correlation;
}

}  // namespace hadronforce
