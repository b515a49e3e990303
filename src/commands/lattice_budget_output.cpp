#include "commands/lattice_budget_output.hpp"

#include "commands/command.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace hadronforce {
namespace {

constexpr std::int64_t budget_format_version = 1;

/// Quantities that lie side by side in a row.
struct Group {
    char const* name;
    char const* unit;
    char const* description;
    Eigen::Index begin, size;
    char const* axis;
};

std::vector<Group> groups_of(BudgetResult const& result) {
    auto const places = result.places();
    std::vector<Group> groups{{"a0_fm", "fm", "scattering length", places.scattering_length, 1, "value"},
                              {"r_eff_fm", "fm", "effective range", places.effective_range, 1, "value"}};
    if (result.has_energy()) groups.push_back({"E_MeV", "MeV", "deepest bound state", places.energy, 1, "value"});
    groups.push_back({"delta_rad", "rad", "s-wave phase shift", places.delta, places.momenta, "k"});
    groups.push_back({"V_MeV", "MeV", "V_eff(r), the local potential that acts on the data's waves as the fit does",
                      places.potential(), places.radii, "r"});
    return groups;
}

RowMatrixXd own_rows(Communicator const& comm, RowMatrixXd const& all) {
    auto const share = share_of(all.rows(), comm.rank(), comm.size());
    return all.middleRows(share.begin, share.size());
}

void write_models(File& file, BudgetResult const& result) {
    auto const models = static_cast<Eigen::Index>(result.models.size());
    auto const& factors = result.config.factors;
    RowMatrixXd choices(models, static_cast<Eigen::Index>(factors.size()));
    RowMatrixXd values = RowMatrixXd::Constant(models, result.places().count(), std::nan(""));
    RowMatrixXd error = values, starts = values;
    std::vector<double> weight(result.models.size()), chi2, expected, points, parameters, per_point, converged;
    for (std::size_t i = 0; i < result.of_grid.size(); ++i)
        weight[result.of_grid[i]] = result.grid.weights[static_cast<Eigen::Index>(i)];
    for (std::size_t m = 0; m < result.models.size(); ++m) {
        auto const row = static_cast<Eigen::Index>(m);
        for (std::size_t f = 0; f < factors.size(); ++f)
            choices(row, static_cast<Eigen::Index>(f)) = result.config.models[m].choices[f];
        auto const& model = result.models[m];
        chi2.push_back(model ? model->quality.chi2 : std::nan(""));
        expected.push_back(model ? model->quality.expected : std::nan(""));
        points.push_back(model ? model->quality.points : std::nan(""));
        parameters.push_back(model ? model->quality.parameters : std::nan(""));
        per_point.push_back(model ? model->chi2_per_point : std::nan(""));
        converged.push_back(model && model->converged ? 1.0 : 0.0);
        if (!model) continue;
        values.row(row) = model->values;
        starts.row(row) = model->other_starts.cwiseSqrt();
        error.row(row) =
            mean_and_error(file.comm(), result.grid.kind, model->samples.rows(), own_rows(file.comm(), model->samples))
                .error;
    }
    if (!factors.empty())
        file.write_all("/models/choices", choices, Precision::float64,
                       {"1", "level of each factor; 0: as the config has it", {"model", "factor"}});
    auto const column = [&](char const* name, std::vector<double> const& numbers, char const* description) {
        file.write_vector(std::string("/models/") + name, numbers, {"1", description, {"model"}});
    };
    column("weight", weight, "in all averages");
    column("chi2", chi2, "correlated, with a shrunk covariance");
    column("expected_chi2", expected, "what the noise alone makes it");
    column("points", points, "independent points: chi2 expected if nothing were fitted");
    column("parameters", parameters, "what the fit takes of them");
    column("chi2_per_point", per_point, "without correlations");
    column("converged", converged, "1 where the fit of the mean did");
    auto const places = result.places();
    Eigen::Index const samples = result.grid.samples[0].rows();
    RowMatrixXd of_samples = RowMatrixXd::Constant(models, samples * places.potential(), std::nan(""));
    for (std::size_t i = 0; i < result.of_grid.size(); ++i) {
        RowMatrixXd const part = result.grid.samples[i].leftCols(places.potential());
        of_samples.row(static_cast<Eigen::Index>(result.of_grid[i])) = part.reshaped<Eigen::RowMajor>().transpose();
    }
    file.create_dataset("/models/samples", {models, samples, places.potential()}, Precision::float64,
                        {"1",
                         "a0 in fm, r_eff in fm, E in MeV (0: no bound state), delta in rad of each sample that "
                         "converged in all models",
                         {"model", "sample", "quantity"}});
    file.write_rows("/models/samples", share_of(models, file.comm().rank(), file.comm().size()),
                    own_rows(file.comm(), of_samples));
    for (auto const& group : groups_of(result)) {
        std::string const name = std::string("/models/") + group.name;
        RowMatrixXd const part = values.middleCols(group.begin, group.size);
        RowMatrixXd const errors = error.middleCols(group.begin, group.size);
        file.write_all(name, part, Precision::float64, {group.unit, group.description, {"model", group.axis}});
        RowMatrixXd const of_starts = starts.middleCols(group.begin, group.size);
        file.write_all(name + "_starts", of_starts, Precision::float64,
                       {group.unit, "its error from the starts", {"model", group.axis}});
        file.write_all(name + "_error", errors, Precision::float64,
                       {group.unit, "its error from the samples", {"model", group.axis}});
    }
}

/// The largest change of a number's digits that a table shows.
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
        for (std::size_t f = 0; f < result.config.factors.size(); ++f)
            text += fmt::format(" {:>{}}", in_digits(budget.systematic(static_cast<Eigen::Index>(f), q), decimals),
                                std::max<std::size_t>(result.config.factors[f].name.size(), 8));
        say(comm, text + fmt::format(" {:>8} {:>8}", in_digits(budget.starts[q], decimals),
                                     in_digits(budget.total[q], decimals)));
    };
    auto const places = result.places();
    line("a0 (fm)", places.scattering_length);
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

}  // namespace

BudgetResult average_models(LatticeBudgetConfig const& config, std::vector<std::optional<BudgetRow>> models,
                            Resampling::Kind kind) {
    BudgetResult result{config, std::move(models), {}, {}, {}, {}};
    for (std::size_t m = 0; m < result.models.size(); ++m)
        if (result.models[m] && result.models[m]->converged) result.of_grid.push_back(m);
    if (result.of_grid.empty()) throw std::runtime_error("no model of the budget converged; change network or fit");
    auto const count = static_cast<Eigen::Index>(result.of_grid.size());
    auto const& first = *result.models[result.of_grid[0]];
    auto& grid = result.grid;
    grid.kind = kind;
    grid.values.resize(count, first.values.size());
    grid.other_starts.resize(count, first.values.size());
    Eigen::VectorXd aic(count), converged = Eigen::VectorXd::Ones(first.samples_converged.size());
    for (Eigen::Index i = 0; i < count; ++i) {
        auto const m = result.of_grid[static_cast<std::size_t>(i)];
        auto const& model = *result.models[m];
        grid.choices.push_back(config.models[m].choices);
        grid.values.row(i) = result.places().near(model.values, first.values);
        grid.other_starts.row(i) = model.other_starts;
        converged = converged.cwiseProduct(model.samples_converged);
        aic[i] = config.weights == "akaike" ? model.quality.aic() : 0.0;
    }
    std::vector<Eigen::Index> kept;
    for (Eigen::Index s = 0; s < converged.size(); ++s) {
        if (converged[s] != 0.0)
            kept.push_back(s);
        else
            result.samples_left_out.push_back(s);
    }
    if (kept.size() < 2)
        throw std::runtime_error("fewer than two samples converged in all models; fit with more steps");
    for (auto const m : result.of_grid) grid.samples.emplace_back(result.models[m]->samples(kept, Eigen::all));
    grid.weights = akaike_weights(aic);
    for (Eigen::Index i = 0; i < count; ++i)
        if (grid.values(i, BudgetQuantities::energy) < 0.0) result.bound += grid.weights[i];
    result.budget = error_budget(grid);
    return result;
}

void write_budget(Communicator const& comm, std::string const& path, std::string const& config,
                  BudgetResult const& result) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"lattice_budget", budget_format_version, config, 0});
    std::vector<std::string> names;
    for (auto const& factor : result.config.factors) names.push_back(factor.name);
    file.set_attribute("/", "resampling", name_of(result.grid.kind));
    file.set_attribute("/", "factors", names);
    for (std::size_t f = 0; f < names.size(); ++f)
        file.set_attribute("/", fmt::format("levels_{}", f), result.config.factors[f].levels);
    file.set_attribute("/", "samples_left_out", static_cast<std::int64_t>(result.samples_left_out.size()));
    file.set_attribute("/", "weight_of_bound", result.bound);
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description, char const* axis) {
        file.write_vector("/" + name, {values.begin(), values.end()}, {unit, description, {axis}});
    };
    column("k_star_MeV", result.config.momenta_MeV, "MeV/c", "relative momentum", "k");
    column("r_fm", result.config.radii_fm, "fm", "radius", "r");
    auto const& budget = result.budget;
    for (auto const& group : groups_of(result)) {
        auto const part = [&](char const* suffix, Eigen::RowVectorXd const& row, char const* description) {
            column(group.name + std::string(suffix), row.segment(group.begin, group.size).transpose().array(),
                   group.unit, description, group.axis);
        };
        part("", budget.value, group.description);
        part("_statistical", budget.statistical, "error of the average over models, from the samples");
        part("_starts", budget.starts, "error from the starts of each fit");
        part("_total", budget.total, "all in quadrature");
        part("_up", budget.up, "systematic errors and starts, of models above the average");
        part("_down", budget.down, "systematic errors and starts, of models below the average");
        if (names.empty()) continue;
        RowMatrixXd const systematic = budget.systematic.middleCols(group.begin, group.size);
        RowMatrixXd const spread = budget.spread.middleCols(group.begin, group.size);
        file.write_all(std::string("/") + group.name + "_systematic", systematic, Precision::float64,
                       {group.unit, "error from each factor", {"factor", group.axis}});
        file.write_all(std::string("/") + group.name + "_spread", spread, Precision::float64,
                       {group.unit, "the same with what noise spreads", {"factor", group.axis}});
    }
    RowMatrixXd samples = RowMatrixXd::Zero(result.grid.samples[0].rows(), result.grid.values.cols());
    for (std::size_t i = 0; i < result.of_grid.size(); ++i)
        samples += result.grid.weights[static_cast<Eigen::Index>(i)] * result.grid.samples[i];
    for (auto const& group : groups_of(result)) {
        RowMatrixXd const part = samples.middleCols(group.begin, group.size);
        file.write_all(
            std::string("/samples/") + group.name, part, Precision::float64,
            {group.unit, "average over the models, of each sample that converged in all", {"sample", group.axis}});
    }
    write_models(file, result);
    file.close();
}

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
    auto const failed = result.models.size() - result.of_grid.size();
    if (failed > 0) say(comm, fmt::format("{} models did not converge and are left out", failed));
    if (!result.samples_left_out.empty())
        say(comm, fmt::format("left out, as a fit of a model did not converge: samples {}",
                              fmt::join(result.samples_left_out, ", ")));
    if (!result.has_energy())
        say(comm,
            result.bound == 0.0
                ? "no bound state"
                : fmt::format("a bound state in mean and samples of {:.3g} of the models' weight; it gets no error",
                              result.bound));
    auto const say_value = [&](char const* name, Eigen::Index q, char const* unit) {
        say(comm, fmt::format("{} = {} {}", name,
                              published(budget.value[q], budget.statistical[q], budget.up[q], budget.down[q]), unit));
    };
    say_value("a0", places.scattering_length, "fm");
    say_value("r_eff", places.effective_range, "fm");
    if (result.has_energy()) say_value("E", places.energy, "MeV");
    say(comm, "(statistical)(systematic); the table has the parts of each phase shift and of V(r)");
}

}  // namespace hadronforce
