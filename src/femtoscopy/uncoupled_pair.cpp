#include "hadronforce/femtoscopy/uncoupled_pair.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/femtoscopy/values_of_form.hpp"
#include "hadronforce/interaction/smeared_charges.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"
#include "hadronforce/units/constants.hpp"

#include <limits>
#include <numeric>
#include <utility>

namespace hadronforce {
namespace {

std::string count(std::size_t n, std::string const& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

/// What is known of a wave, with its value.
struct WaveNumber {
    Quantity quantity;
    double (*of)(ScatteringResult const&);
};

std::vector<WaveNumber> const& of_neutral_s_waves() {
    static std::vector<WaveNumber> const numbers{
        {{"a0_fm", "fm", "scattering length, k cot(delta) = -1/a0 + r_eff k^2/2"},
         [](ScatteringResult const& s) { return s.scattering_length_fm; }},
        {{"r_eff_fm", "fm", "effective range"}, [](ScatteringResult const& s) { return s.effective_range_fm; }},
        {{"bound_states", "1", "number of bound states", true},
         [](ScatteringResult const& s) { return static_cast<double>(s.bound_states); }}};
    return numbers;
}

std::vector<WaveNumber> const& of_other_waves() {
    static std::vector<WaveNumber> const numbers{
        {{"delta_k_min_rad", "rad", "phase shift at the smallest k*"},
         [](ScatteringResult const& s) { return s.delta_rad[0]; }},
        {{"delta_k_max_rad", "rad", "phase shift at the largest k*"},
         [](ScatteringResult const& s) { return s.delta_rad[s.delta_rad.size() - 1]; }}};
    return numbers;
}

std::vector<WaveNumber> const& numbers_of(PartialWaveKind const& kind) {
    return kind.neutral_s_wave() ? of_neutral_s_waves() : of_other_waves();
}

Quantity with_prefix(std::string const& prefix, Quantity quantity) {
    quantity.name = prefix + quantity.name;
    return quantity;
}

template <class Visit>
void for_each_wave(UncoupledModel const& model, Visit const& visit) {
    for (std::size_t c = 0; c < model.channels.size(); ++c)
        for (std::size_t w = 0; w < model.channels[c].waves.size(); ++w) visit(c, w, model.channels[c].waves[w]);
}

class UncoupledSolver final : public PairSolver {
  public:
    UncoupledSolver(UncoupledModel model, Eigen::ArrayXd const& k_star_MeV, double tolerance)
        : model_(std::move(model)),
          solver_(k_star_MeV, model_.reduced_mass_MeV, model_.charge_product, tolerance),
          source_(ValuesOfForm::of_source(model_.source)) {
        for (auto const& channel : model_.channels) {
            channels_.push_back({channel.weight, channel.exchange, {}});
            for (auto const& wave : channel.waves) {
                channels_.back().waves.push_back({wave.l, nullptr});
                potentials_.push_back(ValuesOfForm::of_potential(wave.potential));
            }
        }
        for_each_wave(model_, [&](std::size_t, std::size_t, WaveModel const& wave) {
            count_ += static_cast<Eigen::Index>(numbers_of({wave.l, model_.charge_product}).size());
        });
    }

    PairSolution solve(Eigen::VectorXd const& parameters) override {
        auto const source = source_.source(parameters);
        auto form = potentials_.begin();
        for_each_wave(model_, [&](std::size_t c, std::size_t w, WaveModel const&) {
            channels_[c].waves[w].potential = with_charges((form++)->potential(parameters, model_.reduced_mass_MeV),
                                                           model_.charge_product, model_.charge_radius_fm);
        });
        auto pair = solver_.solve(channels_, *source);
        PairSolution solution;
        solution.correlation = std::move(pair.correlation);
        solution.error_estimate = pair.error_estimate;
        solution.recomputed_waves = pair.recomputed_waves;
        solution.numbers.resize(count_);
        Eigen::Index n = 0;
        for_each_wave(model_, [&](std::size_t c, std::size_t w, WaveModel const& wave) {
            auto& scattering = pair.waves[c][w].scattering;
            for (auto const& number : numbers_of({wave.l, model_.charge_product}))
                solution.numbers[n++] = number.of(scattering);
            solution.curves.push_back(std::move(scattering.delta_rad));
        });
        solution.phases.resize(solution.curves.size());
        std::iota(solution.phases.begin(), solution.phases.end(), std::size_t{0});
        return solution;
    }

  private:
    UncoupledModel model_;
    PairCorrelationSolver solver_;
    std::vector<SpinChannel> channels_;
    std::vector<ValuesOfForm> potentials_;  // of the waves, one after the other
    ValuesOfForm source_;
    Eigen::Index count_ = 0;  // of numbers
};

}  // namespace

bool UncoupledModel::is_plain() const {
    return channels.size() == 1 && channels[0].exchange == Exchange::none && channels[0].waves.size() == 1 &&
           channels[0].waves[0].l == 0;
}

std::string UncoupledModel::name_of(std::size_t channel, std::size_t wave) const {
    auto const& c = channels[channel];
    auto const& given = c.waves[wave].name;
    std::string const counted = given.empty() ? "waves[" + std::to_string(wave) + "]" : given;
    bool const is_only = c.waves.size() == 1 && given.empty();
    if (is_state) return is_only ? "" : counted;
    if (c.name.empty()) return given.empty() ? "channels[" + std::to_string(channel) + "]." + counted : given;
    return is_only ? c.name : c.name + "." + counted;
}

std::string UncoupledModel::prefix_of(std::size_t channel, std::size_t wave) const {
    std::string const name = is_plain() && !is_state ? "" : name_of(channel, wave);
    return name.empty() ? "" : name + ".";
}

std::vector<SpinChannel> UncoupledModel::spin_channels(Eigen::VectorXd const& parameters) const {
    std::vector<SpinChannel> result;
    for (auto const& channel : channels) {
        result.push_back({channel.weight, channel.exchange, {}});
        for (auto const& wave : channel.waves) {
            auto potential = make_potential(wave.potential.form, wave.potential.at(parameters), reduced_mass_MeV);
            result.back().waves.push_back(
                {wave.l, with_charges(std::move(potential), charge_product, charge_radius_fm)});
        }
    }
    return result;
}

std::string UncoupledPair::interaction_name() const {
    if (model_.is_plain() || (model_.is_state && waves() == 1)) return model_.channels[0].waves[0].potential.form;
    if (model_.is_state) return waves() == 0 ? "no strong force" : count(waves(), "wave");
    return count(model_.channels.size(), "channel") + ", " + count(waves(), "wave");
}

void UncoupledPair::for_each_potential(std::function<void(ModelForm const&)> const& visit) const {
    for_each_wave(model_, [&](std::size_t, std::size_t, WaveModel const& wave) { visit(wave.potential); });
}

std::vector<PlacedPotential> UncoupledPair::potentials(Eigen::VectorXd const& parameters) const {
    auto const channels = model_.spin_channels(parameters);
    bool const is_alone = model_.is_plain() && !model_.is_state;
    std::vector<PlacedPotential> result;
    for_each_wave(model_, [&](std::size_t c, std::size_t w, WaveModel const& wave) {
        result.push_back({is_alone ? "potential" : model_.name_of(c, w), channels[c].waves[w].potential,
                          wave.potential.has_parameters()});
    });
    return result;
}

void UncoupledPair::check(Eigen::VectorXd const& parameters) const {
    potentials(parameters);
    make_source(model_.source.form, model_.source.at(parameters));
}

PairQuantities UncoupledPair::quantities() const {
    PairQuantities result;
    for_each_wave(model_, [&](std::size_t c, std::size_t w, WaveModel const& wave) {
        std::string const prefix = model_.prefix_of(c, w);
        for (auto const& number : numbers_of({wave.l, model_.charge_product}))
            result.numbers.push_back(with_prefix(prefix, number.quantity));
        result.curves.push_back({prefix + "delta_rad", "rad",
                                 model_.charge_product == 0 ? "phase shift" : "phase shift beside the Coulomb wave's"});
    });
    return result;
}

std::vector<Quantity> UncoupledPair::threshold_quantities() const {
    std::vector<Quantity> result;
    for_each_wave(model_, [&](std::size_t c, std::size_t w, WaveModel const& wave) {
        if (wave.l != 0 || model_.charge_product == 0) return;
        std::string const prefix = model_.prefix_of(c, w);
        result.push_back(
            {prefix + "a0_fm", "fm", "scattering length, C_0^2 k cot(delta) + 2 k eta h(eta) = -1/a0 + r_eff k^2/2"});
        result.push_back({prefix + "r_eff_fm", "fm", "effective range"});
    });
    return result;
}

Eigen::VectorXd UncoupledPair::at_threshold(Eigen::VectorXd const& parameters) const {
    constexpr double low_per_fm = 0.01, resolved_to = 1e-9;
    std::vector<double> values;
    for (auto const& wave : partial_waves(parameters)) {
        if (wave.kind.l != 0 || model_.charge_product == 0) continue;
        Interaction const interaction{wave.local.get(), nullptr, units::two_mu_over_hbar2(model_.reduced_mass_MeV),
                                      wave.kind.two_eta_k_per_fm(model_.reduced_mass_MeV)};
        double a0_fm = std::numeric_limits<double>::quiet_NaN(), r_eff_fm = a0_fm;
        try {
            auto const scattering =
                NonlocalSolver(interaction, low_per_fm, resolved_to).scatter(Eigen::ArrayXd::Constant(1, low_per_fm));
            a0_fm = scattering.scattering_length;
            r_eff_fm = scattering.effective_range;
        } catch (InputError const&) {
        } catch (ConvergenceError const&) {
        }
        values.push_back(a0_fm);
        values.push_back(r_eff_fm);
    }
    return Eigen::Map<Eigen::VectorXd const>(values.data(), static_cast<Eigen::Index>(values.size()));
}

std::vector<WaveOfPair> UncoupledPair::partial_waves(Eigen::VectorXd const& parameters) const {
    auto const channels = model_.spin_channels(parameters);
    std::vector<WaveOfPair> result;
    for_each_wave(model_, [&](std::size_t c, std::size_t w, WaveModel const& wave) {
        auto const& channel = model_.channels[c];
        result.push_back({model_.prefix_of(c, w),
                          static_cast<std::int64_t>(c),
                          channel.weight,
                          channel.exchange,
                          {wave.l, model_.charge_product},
                          wave.potential.form,
                          wave.potential.at(parameters),
                          channels[c].waves[w].potential});
    });
    return result;
}

std::vector<BoundStates> UncoupledPair::bound_states(Eigen::VectorXd const& parameters, Eigen::ArrayXd const&,
                                                     PairSolution const& solution, int charged_levels) const {
    auto const numbers = quantities().numbers;
    std::vector<BoundStates> result;
    for (auto const& wave : partial_waves(parameters)) {
        auto states = hadronforce::bound_states(*wave.local, model_.reduced_mass_MeV, wave.kind, charged_levels);
        // The wave at threshold counts those that the grid of the bound states falls short of.
        if (auto const counted = find(numbers, wave.prefix + "bound_states")) {
            int const count = static_cast<int>(solution.numbers[static_cast<Eigen::Index>(*counted)]);
            if (count > states.count.value_or(0)) states = {{}, count, 0.0};
        }
        result.push_back(std::move(states));
    }
    return result;
}

std::size_t UncoupledPair::waves() const {
    std::size_t waves = 0;
    for (auto const& channel : model_.channels) waves += channel.waves.size();
    return waves;
}

std::unique_ptr<PairSolver> UncoupledPair::solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const {
    return std::make_unique<UncoupledSolver>(model_, k_star_MeV, tolerance);
}

}  // namespace hadronforce
