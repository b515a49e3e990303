#include "commands/lattice_budget_output.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace hadronforce {

std::vector<BudgetGroup> groups_of(BudgetResult const& result) {
    auto const places = result.places();
    std::vector<BudgetGroup> groups{{"a0_fm", "fm", "scattering length", places.scattering_length, 1, "value"},
                                    {"inverse_a0_per_fm", "1/fm", "1/a0", places.inverse_length, 1, "value"},
                                    {"r_eff_fm", "fm", "effective range", places.effective_range, 1, "value"}};
    if (result.has_energy()) groups.push_back({"E_MeV", "MeV", "deepest bound state", places.energy, 1, "value"});
    groups.push_back({"delta_rad", "rad", "s-wave phase shift", places.delta, places.momenta, "k"});
    groups.push_back({"V_MeV", "MeV", "V_eff(r), the local potential that acts on the data's waves as the fit does",
                      places.potential(), places.radii, "r"});
    return groups;
}

bool BudgetResult::through_pole() const {
    auto const inverse = BudgetQuantities::inverse_length;
    if (std::abs(budget.value[inverse]) < 2.0 * budget.total[inverse]) return true;
    bool has_positive = false, has_negative = false;
    auto const see = [&](double value) {
        has_positive |= value > 0.0;
        has_negative |= value < 0.0;
    };
    for (Eigen::Index m = 0; m < grid.weights.size(); ++m) {
        if (grid.weights[m] == 0.0) continue;
        see(grid.values(m, inverse));
        for (double const value : grid.samples[static_cast<std::size_t>(m)].col(inverse)) see(value);
    }
    return has_positive && has_negative;
}

bool BudgetResult::has_starts() const {
    return std::any_of(config.models.begin(), config.models.end(),
                       [](BudgetModel const& model) { return model.config.fit.starts > 1; });
}

bool BudgetResult::is_varied(Eigen::Index factor) const {
    std::set<int> levels;
    for (Eigen::Index m = 0; m < grid.weights.size(); ++m)
        if (grid.weights[m] > 0.0)
            levels.insert(grid.choices[static_cast<std::size_t>(m)][static_cast<std::size_t>(factor)]);
    return levels.size() > 1;
}

std::optional<std::pair<std::size_t, std::size_t>> BudgetResult::same_models() const {
    for (Eigen::Index a = 0; a < grid.values.rows(); ++a)
        for (Eigen::Index b = 0; b < a; ++b)
            if (grid.values.row(a) == grid.values.row(b) &&
                grid.samples[static_cast<std::size_t>(a)] == grid.samples[static_cast<std::size_t>(b)])
                return {{static_cast<std::size_t>(b), static_cast<std::size_t>(a)}};
    return std::nullopt;
}

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
    std::vector<FitQuality> qualities;
    Eigen::VectorXd converged = Eigen::VectorXd::Ones(first.samples_converged.size());
    for (Eigen::Index i = 0; i < count; ++i) {
        auto const m = result.of_grid[static_cast<std::size_t>(i)];
        auto const& model = *result.models[m];
        grid.choices.push_back(config.models[m].choices);
        grid.values.row(i) = model.values;
        grid.other_starts.row(i) = model.other_starts;
        converged = converged.cwiseProduct(model.samples_converged);
        qualities.push_back(model.quality);
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
    grid.left_out = static_cast<std::int64_t>(result.samples_left_out.size());
    result.misfit = least_misfit(qualities);
    grid.weights = config.weights == "akaike" ? akaike_weights(qualities)
                                              : Eigen::VectorXd::Constant(count, 1.0 / static_cast<double>(count));
    constexpr double negligible = 1e-4;  // beside the largest: what such models say, or do not have, is nothing
    grid.weights = (grid.weights.array() < negligible * grid.weights.maxCoeff()).select(0.0, grid.weights);
    grid.weights /= grid.weights.sum();
    for (Eigen::Index i = 0; i < count; ++i)
        if (grid.values(i, BudgetQuantities::energy) < 0.0) result.bound += grid.weights[i];
    result.budget = error_budget(grid);
    return result;
}

}  // namespace hadronforce
