#pragma once

#include "hadronforce/setup/lattice_fit_config.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// A choice that a lattice fit makes, and what it may be.
struct BudgetFactor {
    std::string name;
    std::vector<std::string> levels;  ///< of the config itself first; in one line of YAML
};

/// One fit of the grid.
struct BudgetModel {
    std::vector<int> choices;  ///< of each factor
    KernelFitConfig config;
};

/// The config of `lattice-budget`: that of a lattice fit, and what is varied.
struct LatticeBudgetConfig {
    std::vector<BudgetFactor> factors;
    std::vector<BudgetModel> models;  ///< all combinations, that of the config itself first
    std::string weights;              ///< "akaike" or "equal"
    double bin_width_fm = 0.0;        ///< of the residuals that chi^2 sees
    Eigen::ArrayXd momenta_MeV;
    Eigen::ArrayXd radii_fm;  ///< of V(r)
    std::string table;
    std::string file;
};

/// What a model chooses otherwise than the config: "{data: {cut_fm: 2.5}}, ...".
std::string name_of(std::vector<BudgetFactor> const& factors, std::vector<int> const& choices);

/// Collective. Throws InputError with file and line.
LatticeBudgetConfig read_lattice_budget_config(Config const& config, Communicator const& comm);

}  // namespace hadronforce
