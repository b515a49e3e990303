#pragma once

#include "commands/lattice_budget_model.hpp"
#include "hadronforce/lattice/model_average.hpp"
#include "hadronforce/setup/lattice_budget_config.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// What a budget came to.
struct BudgetResult {
    LatticeBudgetConfig const& config;
    std::vector<std::optional<BudgetRow>> models;  ///< none where a fit broke down
    ModelGrid grid;                                ///< of the models whose fits converged
    std::vector<std::size_t> of_grid;              ///< model of each row of the grid
    std::vector<std::int64_t> samples_left_out;    ///< not converged in one of these
    ErrorBudget budget;
    double misfit = 1.0;  ///< least_misfit of the models
    double bound = 0.0;   ///< weight of the models with a bound state in the mean and all samples

    BudgetQuantities places() const { return {config.momenta_MeV.size(), config.radii_fm.size()}; }
    /// Whether the energy has a budget.
    bool has_energy() const { return bound > 1.0 - 1e-9; }
    /// Whether 1/a0 is zero within two errors, or has both signs in models or their samples.
    bool through_pole() const;
    /// Whether a fit has more than one start.
    bool has_starts() const;
    /// Whether models with some weight have more than one level of a factor.
    bool is_varied(Eigen::Index factor) const;
    /// Rows of the grid that have the same numbers to the bit, if there are any: a choice without effect.
    std::optional<std::pair<std::size_t, std::size_t>> same_models() const;
};

/// Quantities that lie side by side in a row.
struct BudgetGroup {
    char const* name;
    char const* unit;
    char const* description;
    Eigen::Index begin, size;
    char const* axis;
};

std::vector<BudgetGroup> groups_of(BudgetResult const& result);

/// Averages over the models that converged. Throws std::runtime_error where none did, or fewer than two samples in all.
BudgetResult average_models(LatticeBudgetConfig const& config, std::vector<std::optional<BudgetRow>> models,
                            Resampling::Kind kind);

/// Collective. HDF5 of kind `lattice_budget`; docs/lattice_format.md.
void write_budget(Communicator const& comm, std::string const& path, std::string const& config,
                  BudgetResult const& result);
/// The same as CSV: a line a quantity.
std::string budget_table(BudgetResult const& result);
void say_budget(Communicator const& comm, BudgetResult const& result);

/// "1.570(42)(+12/-4)": a value with its statistical error and what is beside it, in units of the last digit.
std::string published(double value, double statistical, double up, double down);

}  // namespace hadronforce
