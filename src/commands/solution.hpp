#pragma once

#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// A pair, solved.
struct Solution {
    FixedPair pair;
    PairQuantities quantities;
    std::vector<Quantity> threshold_quantities;
    Eigen::VectorXd at_threshold;
    std::vector<WaveOfPair> waves;
    std::vector<CoupledChannelOfPair> coupled;
    PairSolution solved;
    std::vector<BoundStates> bound_states;   ///< of each wave
    std::optional<Eigen::ArrayXd> measured;  ///< C as a detector sees it, where the config says something of that
    std::optional<Eigen::ArrayXd> lednicky;  ///< of one neutral s-wave with a Gaussian source alone

    /// Whether a wave stands beside others, or beside what else a spin state may have.
    bool has_several_parts() const {
        return waves.size() > 1 || (waves.size() == 1 && (!coupled.empty() || !further_curves().empty()));
    }
    /// A number or a curve of a wave; none where the kind of pair does not have it.
    std::optional<double> number(WaveOfPair const& wave, std::string const& name) const;
    Eigen::ArrayXd const& phase_rad(WaveOfPair const& wave) const;
    Eigen::ArrayXd const& curve(std::string const& name) const;
    /// Places of the numbers and curves that are not those of waves.
    std::vector<std::size_t> further_numbers() const;
    std::vector<std::size_t> further_curves() const;
    /// a0 and r_eff of a wave that has them: a neutral s-wave, or a non-local interaction between charges.
    bool has_threshold_parameters(WaveOfPair const& wave) const;
};

/// Throws InputError, ConvergenceError. `charged_levels`: as of bound_states().
Solution solved(FixedPair const& pair, int charged_levels);

char const* symmetry_name(Exchange exchange);
/// What the config calls a wave, "triplet.3P0"; empty where it has no names.
std::string name_of(WaveOfPair const& wave);
/// "triplet (weight 0.75, symmetry odd), l = 1, ...".
std::string describe(WaveOfPair const& wave);

/// Collective. A file of kind "solution", docs/dataset_format.md.
void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    Solution const& solution);

/// CSV: what was solved in comments, one line a k*.
std::string solution_table(Solution const& solution);

/// What HEPData takes of it: C, C as a detector sees it, phase shifts.
std::string solution_hepdata(Solution const& solution);

/// What scattering theory says of each wave, a line each; of one wave its bound states in lines of their own. Then of
/// coupled channels.
std::vector<std::string> solution_report(Solution const& solution);

}  // namespace hadronforce
