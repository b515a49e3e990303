#include "commands/lattice_budget_output.hpp"

#include "commands/command.hpp"
#include "hadronforce/fit/least_squares.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hadronforce {
namespace {

/// Of a larger chi^2 by chance, as of `points` - `parameters` degrees of freedom with the mean that is expected.
double probability(FitQuality const& quality) {
    double const degrees = std::max(quality.points - quality.parameters, 0.0);
    if (degrees == 0.0 || !(quality.expected > 0.0)) return 1.0;
    return chi2_probability(quality.chi2 * degrees / quality.expected, degrees);
}

std::string in_digits(double value, int digits) { return fmt::format("{:.{}f}", value, std::clamp(digits, 0, 15)); }

/// Decimals at which an error has two digits.
int decimals_of(double error) {
    return error > 0.0 && std::isfinite(error) ? 1 - static_cast<int>(std::floor(std::log10(error * 1.0000001))) : 6;
}

void say_parts(Communicator const& comm, BudgetResult const& result) {
    auto const& budget = result.budget;
    std::string head = fmt::format("{:>14} {:>12} {:>11}", "", "value", "statistical");
    for (auto const& factor : result.config.factors)
        head += fmt::format(" {:>{}}", factor.name, std::max<std::size_t>(factor.name.size(), 8));
    say(comm, head + fmt::format(" {:>8} {:>8}", "starts", "total"));
    auto const line = [&](std::string const& name, Eigen::Index q) {
        int const decimals = std::max(decimals_of(budget.total[q]), 0);
        std::string text = fmt::format("{:>14} {:>12} {:>11}", name, in_digits(budget.value[q], decimals),
                                       in_digits(budget.statistical[q], decimals));
        for (std::size_t f = 0; f < result.config.factors.size(); ++f) {
            auto const factor = static_cast<Eigen::Index>(f);
            text += fmt::format(" {:>{}}",
                                result.is_varied(factor) ? in_digits(budget.systematic(factor, q), decimals) : "-",
                                std::max<std::size_t>(result.config.factors[f].name.size(), 8));
        }
        say(comm, text + fmt::format(" {:>8} {:>8}", result.has_starts() ? in_digits(budget.starts[q], decimals) : "-",
                                     in_digits(budget.total[q], decimals)));
    };
    auto const places = result.places();
    line("a0 (fm)", places.scattering_length);
    line("1/a0 (1/fm)", places.inverse_length);
    line("r_eff (fm)", places.effective_range);
    if (result.has_energy()) line("E (MeV)", places.energy);
    auto const& k = result.config.momenta_MeV;
    for (Eigen::Index i = 0; i < k.size(); i += std::max<Eigen::Index>(1, (k.size() - 1) / 4))
        line(fmt::format("delta({:.4g})", k[i]), places.delta + i);
}

void say_models(Communicator const& comm, BudgetResult const& result) {
    constexpr std::size_t most_lines = 8;
    std::vector<std::size_t> order(result.of_grid.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto const& weights = result.grid.weights;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return weights[static_cast<Eigen::Index>(a)] > weights[static_cast<Eigen::Index>(b)];
    });
    say(comm, "models with the largest weights: weight, chi2 (expected), a0 in fm, choices");
    for (std::size_t i = 0; i < std::min(order.size(), most_lines); ++i) {
        auto const& model = *result.models[result.of_grid[order[i]]];
        say(comm,
            fmt::format("  {:.3f}  {:6.3g} ({:.3g})  {:.5g}  {}", weights[static_cast<Eigen::Index>(order[i])],
                        model.quality.chi2, model.quality.expected, model.values[BudgetQuantities::scattering_length],
                        name_of(result.config.factors, result.grid.choices[order[i]])));
    }
}

/// What chi^2 says of the models as a whole.
void say_misfit(Communicator const& comm, BudgetResult const& result) {
    constexpr double improbable = 1e-3, much = 0.05;
    double best = 0.0;
    for (auto const m : result.of_grid) best = std::max(best, probability(result.models[m]->quality));
    if (best < improbable) {
        say(comm,
            fmt::format("no model describes the data: chi2 of the best is {:.2g} times what noise makes it{}; "
                        "errors are of the spread of models that are all wrong",
                        result.misfit, result.config.weights == "akaike" ? ", by which weights have it divided" : ""));
        return;
    }
    for (std::size_t i = 0; i < result.of_grid.size(); ++i) {
        double const weight = result.grid.weights[static_cast<Eigen::Index>(i)];
        auto const& quality = result.models[result.of_grid[i]]->quality;
        if (weight > much && probability(quality) < improbable)
            say(comm, fmt::format("has {:.2g} of the weight but does not describe its data (chi2 {:.3g}, noise makes "
                                  "{:.3g}): {}",
                                  weight, quality.chi2, quality.expected,
                                  name_of(result.config.factors, result.grid.choices[i])));
    }
}

}  // namespace

std::string budget_table(BudgetResult const& result) {
    std::string text = "quantity,x,value,statistical";
    for (auto const& factor : result.config.factors) text += "," + factor.name;
    text += ",starts,total,up,down\n";
    auto const& budget = result.budget;
    for (auto const& group : groups_of(result))
        for (Eigen::Index i = 0; i < group.size; ++i) {
            auto const q = group.begin + i;
            std::string const x = group.size == 1 && group.axis == std::string("value") ? ""
                                  : group.axis == std::string("k")
                                      ? fmt::format("{:.12g}", result.config.momenta_MeV[i])
                                      : fmt::format("{:.12g}", result.config.radii_fm[i]);
            text += fmt::format("{},{},{:.12g},{:.6g}", group.name, x, budget.value[q], budget.statistical[q]);
            for (Eigen::Index f = 0; f < budget.systematic.rows(); ++f)
                text += fmt::format(",{:.6g}", budget.systematic(f, q));
            text += fmt::format(",{:.6g},{:.6g},{:.6g},{:.6g}\n", budget.starts[q], budget.total[q], budget.up[q],
                                budget.down[q]);
        }
    return text;
}

std::string published(double value, double statistical, double up, double down) {
    double const least = std::min({statistical, up > 0.0 ? up : statistical, down > 0.0 ? down : statistical});
    double const largest = std::max({statistical, up, down});
    // Two digits of the smallest error, but none beyond the third of the largest.
    int const decimals = std::max(0, std::min(decimals_of(least), decimals_of(largest) + 1));
    double const scale = decimals > 0 && largest < 1.0 ? std::pow(10.0, decimals) : 1.0;
    auto const digits = [&](double error) {
        return scale == 1.0 ? in_digits(error, decimals) : fmt::format("{:.0f}", error * scale);
    };
    return fmt::format("{}({})(+{}/-{})", in_digits(value, decimals), digits(statistical), digits(up), digits(down));
}

void say_budget(Communicator const& comm, BudgetResult const& result) {
    auto const& budget = result.budget;
    auto const places = result.places();
    say_models(comm, result);
    say_parts(comm, result);
    say_misfit(comm, result);
    auto const failed = result.models.size() - result.of_grid.size();
    if (failed > 0) say(comm, fmt::format("{} models did not converge and are left out", failed));
    if (auto const same = result.same_models())
        say(comm, fmt::format("the same fit twice, which counts twice: {}; and {}",
                              name_of(result.config.factors, result.grid.choices[same->first]),
                              name_of(result.config.factors, result.grid.choices[same->second])));
    if (!result.samples_left_out.empty())
        say(comm, fmt::format("left out, as a fit of a model did not converge: samples {}",
                              fmt::join(result.samples_left_out, ", ")));
    if (!result.has_energy())
        say(comm,
            result.bound == 0.0
                ? "no model has a bound state in its mean and all its samples"
                : fmt::format("a bound state in mean and samples of {:.4g} of the models' weight; it gets no error",
                              result.bound));
    auto const say_value = [&](char const* name, Eigen::Index q, char const* unit) {
        say(comm, fmt::format("{} = {} {}", name,
                              published(budget.value[q], budget.statistical[q], budget.up[q], budget.down[q]), unit));
    };
    say_value("a0", places.scattering_length, "fm");
    if (result.through_pole()) {
        say(comm, "a0 has a pole within two of its errors, so that they mean nothing; quote 1/a0");
        say_value("1/a0", places.inverse_length, "1/fm");
    }
    say_value("r_eff", places.effective_range, "fm");
    if (result.has_energy()) say_value("E", places.energy, "MeV");
    if (result.has_energy() && budget.value[places.energy] > -2.0 * budget.total[places.energy])
        say(comm, "the threshold lies within two errors of E: the data do not say that there is a bound state");
    say(comm, "(statistical)(systematic); the table has the parts of each phase shift and of V(r)");
}

}  // namespace hadronforce
