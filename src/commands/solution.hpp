#pragma once

#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/scattering/bound_states.hpp"

#include <Eigen/Core>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// A partial wave that `solve` solves.
struct SolvedWave {
    std::int64_t channel = 0;
    double weight = 1.0;  ///< of its channel
    Exchange exchange = Exchange::none;
    PartialWaveKind kind;
    std::string interaction;
    PotentialParameters parameters;               ///< of a local potential alone
    std::shared_ptr<LocalPotential const> local;  ///< none: no local part
};

struct Solution {
    Eigen::ArrayXd correlation;
    double error_estimate = 0.0;               ///< of C, relative to max(1, C)
    std::optional<Eigen::ArrayXd> lednicky;    ///< of one neutral s-wave with a Gaussian source alone
    std::vector<ScatteringResult> scattering;  ///< of each wave
    std::vector<BoundStates> bound_states;     ///< of each wave
    std::vector<Eigen::ArrayXd> curves;        ///< as the problem's
};

/// What is solved: local potentials by their own solver, anything else by the non-local one.
struct SolveProblem {
    std::string pair;
    int charge_product = 0;
    std::string interaction;
    std::vector<SolvedWave> waves;
    Eigen::ArrayXd k_star_MeV;
    std::string source_form;
    SourceParameters source_parameters;
    std::function<Solution()> solve;
    std::vector<Quantity> curves = {};  ///< of pairs without waves

    /// Whether it is one neutral s-wave of different particles.
    bool is_plain() const;
};

/// Collective. A file of kind "solution", docs/dataset_format.md.
void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    SolveProblem const& problem, Solution const& solution);

/// CSV: what was solved in comments, one line a k*.
std::string solution_table(SolveProblem const& problem, Solution const& solution);

/// What scattering theory says of each wave, a line each; of one wave its bound states in lines of their own.
std::vector<std::string> solution_report(SolveProblem const& problem, Solution const& solution);

}  // namespace hadronforce
