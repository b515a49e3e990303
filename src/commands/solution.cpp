#include "commands/solution.hpp"

#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// What is smaller than the rounding of a0 is none, and r_eff, which counts 1/a0^2, is unknown then.
std::string threshold_parameters(double a0_fm, double r_eff_fm) {
    constexpr double rounding_fm = 1e-10;
    if (std::fabs(a0_fm) < rounding_fm)
        return fmt::format("a0 = 0 within {:g} fm, r_eff is not determined", rounding_fm);
    return fmt::format("a0 = {:.7g} fm, r_eff = {:.7g} fm", a0_fm, r_eff_fm);
}

/// One for each state, and what else there is to say of them.
std::vector<std::string> bound_state_lines(BoundStates const& states) {
    std::vector<std::string> lines;
    for (double energy : states.energies_MeV) lines.push_back(fmt::format("bound state: E = {:.7g} MeV", energy));
    if (!states.count)
        lines.emplace_back("bound states: not known, no grid resolves the waves");
    else if (states.energies_MeV.empty())
        lines.push_back(*states.count == 0 ? "no bound state"
                        : *states.count == 1
                            ? "1 bound state, whose energy no grid reaches"
                            : fmt::format("{} bound states, whose energies no grid reaches", *states.count));
    if (states.limit_MeV < 0.0)
        lines.push_back(fmt::format("the charges bind without end above {:.4g} MeV", states.limit_MeV));
    return lines;
}

/// A complex a0 in one piece.
std::vector<std::string> lines_of_further_numbers(Solution const& solution) {
    std::vector<std::string> lines;
    std::string const real = "a0_real_fm";
    auto const places = solution.further_numbers();
    auto const& all = solution.quantities.numbers;
    auto const value = [&](std::size_t place) { return solution.solved.numbers[static_cast<Eigen::Index>(place)]; };
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto const& quantity = all[places[i]];
        auto const stem = quantity.name.size() - std::min(quantity.name.size(), real.size());
        if (quantity.name.substr(stem) != real) {
            lines.push_back(fmt::format("{} = {:.7g}{}", quantity.name, value(places[i]),
                                        quantity.unit == "1" ? "" : " " + quantity.unit));
            continue;
        }
        double const imaginary = value(places[++i]);
        if (std::isnan(value(places[i - 1]))) continue;
        lines.push_back(fmt::format("{}a0 = {:.7g}{} fm (f = -a0 at threshold)", quantity.name.substr(0, stem),
                                    value(places[i - 1]),
                                    imaginary == 0.0 ? "" : fmt::format(" {:+.7g} i", imaginary)));
    }
    return lines;
}

}  // namespace

char const* symmetry_name(Exchange exchange) {
    return exchange == Exchange::even ? "even" : exchange == Exchange::odd ? "odd" : "none";
}

std::string name_of(WaveOfPair const& wave) {
    bool const counts = wave.prefix.empty() || wave.prefix.rfind("channels[", 0) == 0;
    return counts ? "" : wave.prefix.substr(0, wave.prefix.size() - 1);
}

std::string describe(WaveOfPair const& wave) {
    auto const name = name_of(wave);
    return fmt::format("{} (weight {:.6g}, symmetry {}), l = {}, {}",
                       name.empty() ? fmt::format("channel {}", wave.channel) : name, wave.weight,
                       symmetry_name(wave.exchange), wave.kind.l, wave.interaction);
}

std::optional<double> Solution::number(WaveOfPair const& wave, std::string const& name) const {
    if (auto const place = find(quantities.numbers, wave.prefix + name))
        return solved.numbers[static_cast<Eigen::Index>(*place)];
    if (auto const place = find(threshold_quantities, wave.prefix + name))
        return at_threshold[static_cast<Eigen::Index>(*place)];
    return std::nullopt;
}

Eigen::ArrayXd const& Solution::phase_rad(WaveOfPair const& wave) const { return curve(wave.prefix + "delta_rad"); }

Eigen::ArrayXd const& Solution::curve(std::string const& name) const {
    return solved.curves.at(find(quantities.curves, name).value());
}

std::vector<std::size_t> Solution::further_curves() const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < quantities.curves.size(); ++i)
        if (std::none_of(waves.begin(), waves.end(),
                         [&](auto const& wave) { return quantities.curves[i].name == wave.prefix + "delta_rad"; }))
            places.push_back(i);
    return places;
}

std::vector<std::size_t> Solution::further_numbers() const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < quantities.numbers.size(); ++i)
        if (std::none_of(waves.begin(), waves.end(),
                         [&](auto const& wave) { return quantities.numbers[i].name.rfind(wave.prefix, 0) == 0; }))
            places.push_back(i);
    return places;
}

bool Solution::has_threshold_parameters(WaveOfPair const& wave) const {
    auto const r_eff = number(wave, "r_eff_fm");
    return r_eff && (wave.kind.neutral_s_wave() || std::isfinite(*r_eff));
}

Solution solved(FixedPair const& pair, int charged_levels) {
    auto const& kind = *pair.model.kind;
    Solution solution;
    solution.pair = pair;
    solution.quantities = kind.quantities();
    solution.threshold_quantities = kind.threshold_quantities();
    solution.at_threshold = kind.at_threshold(pair.numbers);
    solution.waves = kind.partial_waves(pair.numbers);
    solution.coupled = kind.coupled_channels(pair.numbers);
    solution.solved = pair.model.solver(pair.k_star_MeV)->solve(pair.numbers);
    solution.bound_states = kind.bound_states(pair.numbers, pair.k_star_MeV, solution.solved, charged_levels);
    if (pair.measured)
        solution.measured = CorrelationModel(*pair.measured, pair.k_low_MeV, pair.k_high_MeV).in_bins(pair.numbers);
    auto const* const source = kind.source();
    if (solution.waves.size() != 1 || source == nullptr || source->form != "gaussian") return solution;
    auto const& wave = solution.waves.front();
    if (wave.kind.neutral_s_wave() && wave.exchange == Exchange::none && wave.weight == 1.0)
        solution.lednicky =
            lednicky_lyuboshits(pair.k_star_MeV, *solution.number(wave, "a0_fm"), *solution.number(wave, "r_eff_fm"),
                                source->at(pair.numbers).at("r0_fm").front());
    return solution;
}

std::vector<std::string> solution_report(Solution const& solution) {
    std::vector<std::string> lines;
    bool const several = solution.has_several_parts();
    auto const& k = solution.pair.k_star_MeV;
    Eigen::Index const last = k.size() - 1;
    for (std::size_t i = 0; i < solution.waves.size(); ++i) {
        auto const& wave = solution.waves[i];
        auto const& delta = solution.phase_rad(wave);
        std::string line = several ? describe(wave) + ": " : "";
        bool const at_threshold = solution.has_threshold_parameters(wave);
        line += at_threshold ? threshold_parameters(*solution.number(wave, "a0_fm"), *solution.number(wave, "r_eff_fm"))
                             : fmt::format("delta({:.7g} MeV/c) = {:.7g} rad, delta({:.7g} MeV/c) = {:.7g} rad", k[0],
                                           delta[0], k[last], delta[last]);
        if (!several && at_threshold)
            line += fmt::format(" ({} = -1/a0 + r_eff k^2/2)",
                                wave.kind.charge_product == 0 ? "k cot(delta)" : "C_0^2 k cot(delta) + 2 k eta h(eta)");
        auto const states = bound_state_lines(solution.bound_states[i]);
        if (several) line += fmt::format(", {}", fmt::join(states, ", "));
        lines.push_back(line);
        if (!several) lines.insert(lines.end(), states.begin(), states.end());
    }
    for (auto const& channel : solution.coupled)
        lines.push_back(fmt::format("{}: threshold {:+.7g} MeV, C({:.7g} MeV/c) has {:.7g} of it", channel.name,
                                    channel.threshold_MeV, k[0],
                                    channel.share * solution.curve(channel.contribution)[0]));
    auto const further = lines_of_further_numbers(solution);
    lines.insert(lines.end(), further.begin(), further.end());
    return lines;
}

}  // namespace hadronforce
