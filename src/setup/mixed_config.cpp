#include "hadronforce/setup/mixed_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/mixed_pair.hpp"
#include "hadronforce/setup/channels_config.hpp"
#include "hadronforce/setup/coupled_config.hpp"
#include "hadronforce/setup/form_config.hpp"
#include "hadronforce/setup/interacting_pair_config.hpp"
#include "hadronforce/setup/pair_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

namespace hadronforce {
namespace {

class StateReader {
  public:
    StateReader(Section const& section, Communicator const& comm, NumberReader& numbers, Pair pair, ModelForm source)
        : section_(section), comm_(comm), numbers_(numbers), pair_(std::move(pair)), source_(std::move(source)) {}

    MixedPart read(Section const& entry, std::size_t place) {
        MixedPart part;
        part.weight = numbers_.number(entry, "weight", "1", std::nullopt, positive());
        if (entry.has("source"))
            entry.fail("source", "stands in a spin state of a pair, whose source serves here too; remove it");
        std::string found;
        for (char const* key : {"waves", "coupled", "interaction"}) {
            if (!entry.has(key)) continue;
            if (!found.empty()) entry.fail(key, fmt::format("stands beside {}; a channel has one of the two", found));
            found = key;
        }
        Exchange const exchange = read_symmetry(entry);
        if (found == "coupled") {
            part.name = read_name(entry, names_);
            part.kind = coupled(entry, exchange);
        } else if (found == "interaction") {
            part.name = read_name(entry, names_);
            part.kind = interacting(entry, exchange);
        } else {
            part.kind = uncoupled(entry, part.name);
        }
        symmetries_.push_back({numbers_.trial_is_known() ? part.weight.at(numbers_.trial()) : 1.0,
                               found == "coupled" ? Exchange::none : exchange,
                               {},
                               {}});
        if (part.name.empty()) part.name = fmt::format("channels[{}]", place);
        return part;
    }

    /// What is known of the symmetries of all that were read.
    std::vector<ChannelModel> const& symmetries() const { return symmetries_; }

  private:
    std::shared_ptr<PairKind const> uncoupled(Section const& entry, std::string& name) {
        UncoupledModel model;
        model.reduced_mass_MeV = pair_.reduced_mass_MeV();
        model.charge_product = pair_.charge_product;
        model.charge_radius_fm = pair_.charge_radius_fm;
        model.channels = {read_state(entry, comm_, numbers_, pair_, names_)};
        model.source = source_;
        model.is_state = true;
        name = model.channels.front().name;
        return uncoupled_pair(std::move(model));
    }

    std::shared_ptr<PairKind const> coupled(Section const& entry, Exchange exchange) {
        if (exchange != Exchange::none)
            entry.fail("symmetry", "stands beside coupled, which has no identical particles; remove it");
        if (pair_.charge_radius_fm > 0.0)
            section_.section("pair").fail("charge_radius_fm", "is not in coupled channels, whose charges are points");
        return coupled_pair(
            read_coupled_model(entry.section("coupled"), comm_, numbers_, ObservedPair{pair_, source_}));
    }

    std::shared_ptr<PairKind const> interacting(Section const& entry, Exchange exchange) {
        if (!entry.is_mapping("interaction")) entry.section("interaction");  // says what it must be
        Section const interaction = entry.section("interaction");
        if (interaction.has("channels"))
            interaction.fail("channels", "stand in a channel; make each an entry of the pair's channels");
        Section const state =
            entry.over(section_, {"potential", "channels", "interaction", "coupled", "source", "solver"});
        if (!is_lednicky(state) && exchange != Exchange::none)
            entry.fail("symmetry", "stands beside a non-local interaction, which has no identical particles");
        return read_interacting_pair(state, comm_, numbers_, source_, exchange).kind;
    }

    Section const& section_;
    Communicator const& comm_;
    NumberReader& numbers_;
    Pair pair_;
    ModelForm source_;
    std::set<std::string> names_;
    std::vector<ChannelModel> symmetries_;
};

double sum_of_weights(MixedModel const& model, Eigen::VectorXd const& values) {
    double sum = 0.0;
    for (auto const& part : model.parts) sum += part.weight.at(values);
    return sum;
}

/// They must add to 1 whatever the parameters are, not where they start alone.
void check_weights(Section const& section, MixedModel const& model, NumberReader const& numbers) {
    constexpr double rounding = 1e-6, step = 1e-3;
    if (!numbers.trial_is_known()) return;
    if (double const sum = sum_of_weights(model, numbers.trial()); std::fabs(sum - 1.0) > rounding)
        section.fail("channels", fmt::format("have weights that add to {}, not to 1", sum));
    auto const& space = numbers.space();
    for (std::size_t i = 0; i < space.free().size(); ++i) {
        Eigen::VectorXd moved = space.starts();
        double& value = moved[static_cast<Eigen::Index>(i)];
        value += step * std::max(1.0, std::fabs(value));
        double sum = 1.0;
        try {
            sum = sum_of_weights(model, space.all(moved));
        } catch (InputError const&) {  // a formula that ends there
        }
        if (std::fabs(sum - 1.0) > rounding)
            section.fail("channels", fmt::format("have weights that add to 1 for one value of {} alone; tie the last "
                                                 "to the others, weight: {{formula: 1 - w}} with w in parameters",
                                                 space.free()[i].name));
    }
}

}  // namespace

bool is_mixed(Section const& section, NumberReader const& numbers) {
    if (!section.has("channels") || section.has("coupled") || section.has("interaction")) return false;
    auto const entries = section.list("channels");
    return std::any_of(entries.begin(), entries.end(), [&](Section const& entry) {
        return entry.has("coupled") || entry.has("interaction") || entry.is_mapping("weight") ||
               (!entry.has("weight") && numbers.is_given(entry, "weight"));
    });
}

PairModel read_mixed_pair(Section const& section, Communicator const& comm, NumberReader& numbers,
                          std::optional<ModelForm> const& default_source) {
    if (section.has("potential"))
        section.fail("channels", "stands beside potential; keep one of the two (a potential is a wave of a channel)");
    Pair const pair = read_pair(section, comm);
    MixedModel model;
    model.charge_product = pair.charge_product;
    model.source = default_source && !section.has("source") ? *default_source
                                                            : read_source(section.section("source"), comm, numbers);
    StateReader reader(section, comm, numbers, pair, model.source);
    auto const entries = section.list("channels");
    for (std::size_t i = 0; i < entries.size(); ++i) model.parts.push_back(reader.read(entries[i], i));
    check_weights(section, model, numbers);
    check_symmetries(section, reader.symmetries(), pair, comm);
    try {
        return {pair.name, mixed_pair(std::move(model)), PairModel{}.tolerance};
    } catch (InputError const& error) {
        section.fail("channels", std::string("are not of one pair: ") + error.what());
    }
}

}  // namespace hadronforce
