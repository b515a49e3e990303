#include "hadronforce/femtoscopy/mixed_pair.hpp"

#include "femtoscopy/pair_memory.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace hadronforce {
namespace {

constexpr double smallest_tolerance = 1e-10;  // that the parts' solvers take

/// A part with what is known of it: a parameter of another part, or a weight, does not have it solved again.
class SolvedPart {
  public:
    SolvedPart(MixedPart const& part, Eigen::ArrayXd const& k_star_MeV, double tolerance)
        : part_(part), known_(PairModel{part.name, part.kind, tolerance}) {
        naming(part_.name, [&] { solver_ = part_.kind->solver(k_star_MeV, tolerance); });
    }

    /// Valid until the next call.
    PairSolution const& solution(Eigen::VectorXd const& parameters) {
        PairSolution const* found = nullptr;
        naming(part_.name,
               [&] { found = &known_.at(parameters, [this](Eigen::VectorXd const& p) { return solver_->solve(p); }); });
        return *found;
    }

  private:
    MixedPart part_;
    std::unique_ptr<PairSolver> solver_;
    ByParameters<PairSolution> known_;
};

void append(Eigen::VectorXd& all, Eigen::VectorXd const& more) {
    Eigen::Index const size = all.size();
    all.conservativeResize(size + more.size());
    all.tail(more.size()) = more;
}

/// With the part's name before them.
void add_named(MixedPart const& part, std::vector<Quantity> const& more, std::vector<Quantity>& quantities) {
    for (auto quantity : more) {
        quantity.name = part.name + "." + quantity.name;
        quantities.push_back(std::move(quantity));
    }
}

class MixedSolver final : public PairSolver {
  public:
    MixedSolver(MixedModel model, Eigen::ArrayXd k_star_MeV, double tolerance)
        : model_(std::move(model)), k_star_MeV_(std::move(k_star_MeV)), tolerance_(tolerance) {
        parts_ = solvers(tolerance_);
    }

    PairSolution solve(Eigen::VectorXd const& parameters) override {
        Eigen::VectorXd const weights = model_.weights(parameters);
        PairSolution solution = combined(parts_, weights, parameters);
        if (solution.error_estimate <= tolerance_) return solution;
        // sum w max(1, C_i) <= 1 + C <= 2 max(1, C): half the tolerance of each is enough.
        if (finer_.empty()) finer_ = solvers(std::max(0.5 * tolerance_, smallest_tolerance));
        solution = combined(finer_, weights, parameters);
        if (!(solution.error_estimate <= tolerance_)) {
            std::ostringstream text;
            text << "C of the spin states is known to " << solution.error_estimate << " only; take a larger tolerance";
            throw ConvergenceError(text.str());
        }
        return solution;
    }

  private:
    std::vector<SolvedPart> solvers(double tolerance) const {
        std::vector<SolvedPart> result;
        for (auto const& part : model_.parts) result.emplace_back(part, k_star_MeV_, tolerance);
        return result;
    }

    static PairSolution combined(std::vector<SolvedPart>& parts, Eigen::VectorXd const& weights,
                                 Eigen::VectorXd const& parameters) {
        PairSolution all;
        Eigen::ArrayXd errors;  // absolute, at each k*
        for (std::size_t i = 0; i < parts.size(); ++i) {
            PairSolution const& part = parts[i].solution(parameters);
            double const weight = weights[static_cast<Eigen::Index>(i)];
            if (i == 0) all.correlation = errors = Eigen::ArrayXd::Zero(part.correlation.size());
            all.correlation += weight * part.correlation;
            errors += weight * part.error_estimate * part.correlation.max(1.0);
            append(all.numbers, part.numbers);
            for (auto const place : part.phases) all.phases.push_back(all.curves.size() + place);
            all.curves.insert(all.curves.end(), part.curves.begin(), part.curves.end());
            all.recomputed_waves += part.recomputed_waves;
        }
        all.error_estimate = (errors / all.correlation.max(1.0)).maxCoeff();
        return all;
    }

    MixedModel model_;
    Eigen::ArrayXd k_star_MeV_;
    double tolerance_;
    std::vector<SolvedPart> parts_, finer_;
};

}  // namespace

Eigen::VectorXd MixedModel::weights(Eigen::VectorXd const& parameters) const {
    constexpr double rounding = 1e-6;
    Eigen::VectorXd weights(static_cast<Eigen::Index>(parts.size()));
    std::ostringstream text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        double const weight = parts[i].weight.at(parameters);
        weights[static_cast<Eigen::Index>(i)] = weight;
        if (weight >= 0.0) continue;
        text << "the weight of " << parts[i].name << " = " << weight << " is negative; it is a share of the pairs";
        throw InputError(text.str());
    }
    double const sum = weights.sum();
    if (!(std::fabs(sum - 1.0) <= rounding)) {
        text << "weights of channels add to " << sum << ", not to 1; tie the last one to the others by a formula";
        throw InputError(text.str());
    }
    return weights / sum;
}

MixedPair::MixedPair(MixedModel model) : model_(std::move(model)) {
    if (model_.parts.empty()) throw InputError("a pair needs one spin state or more");
    for (auto const& part : model_.parts)
        if (std::fabs(part.kind->reduced_mass_MeV() / reduced_mass_MeV() - 1.0) > 1e-9)
            throw InputError(part.name + " has another reduced mass than " + model_.parts.front().name +
                             "; spin states are of one pair");
}

std::string MixedPair::interaction_name() const {
    std::string text;
    for (auto const& part : model_.parts)
        text += (text.empty() ? "" : "; ") + part.name + ": " + part.kind->interaction_name();
    return text;
}

void MixedPair::for_each_potential(std::function<void(ModelForm const&)> const& visit) const {
    for (auto const& part : model_.parts) part.kind->for_each_potential(visit);
}

void MixedPair::for_each_source(std::function<void(ModelForm const&)> const& visit) const {
    visit(model_.source);
    for (auto const& part : model_.parts) part.kind->for_each_source(visit);
}

void MixedPair::for_each_number(std::function<void(ModelNumber const&)> const& visit) const {
    for (auto const& part : model_.parts) {
        visit(part.weight);
        part.kind->for_each_number(visit);
    }
}

std::vector<PlacedPotential> MixedPair::potentials(Eigen::VectorXd const& parameters) const {
    std::vector<PlacedPotential> all;
    for (auto const& part : model_.parts)
        naming(part.name, [&] {
            for (auto& placed : part.kind->potentials(parameters)) {
                placed.path = placed.path.empty() ? part.name : part.name + "." + placed.path;
                all.push_back(std::move(placed));
            }
        });
    return all;
}

void MixedPair::check(Eigen::VectorXd const& parameters) const {
    model_.weights(parameters);
    make_source(model_.source.form, model_.source.at(parameters));
    for (auto const& part : model_.parts) naming(part.name, [&] { part.kind->check(parameters); });
}

PairQuantities MixedPair::quantities() const {
    PairQuantities all;
    for (auto const& part : model_.parts) {
        auto const of_part = part.kind->quantities();
        add_named(part, of_part.numbers, all.numbers);
        add_named(part, of_part.curves, all.curves);
    }
    return all;
}

std::vector<Quantity> MixedPair::threshold_quantities() const {
    std::vector<Quantity> all;
    for (auto const& part : model_.parts) add_named(part, part.kind->threshold_quantities(), all);
    return all;
}

Eigen::VectorXd MixedPair::at_threshold(Eigen::VectorXd const& parameters) const {
    Eigen::VectorXd all;
    for (auto const& part : model_.parts) append(all, part.kind->at_threshold(parameters));
    return all;
}

std::vector<WaveOfPair> MixedPair::partial_waves(Eigen::VectorXd const& parameters) const {
    Eigen::VectorXd const weights = model_.weights(parameters);
    std::vector<WaveOfPair> all;
    for (std::size_t i = 0; i < model_.parts.size(); ++i)
        for (auto& wave : model_.parts[i].kind->partial_waves(parameters)) {
            wave.prefix = model_.parts[i].name + "." + wave.prefix;
            wave.channel = static_cast<std::int64_t>(i);
            wave.weight *= weights[static_cast<Eigen::Index>(i)];
            all.push_back(std::move(wave));
        }
    return all;
}

std::vector<CoupledChannelOfPair> MixedPair::coupled_channels(Eigen::VectorXd const& parameters) const {
    Eigen::VectorXd const weights = model_.weights(parameters);
    std::vector<CoupledChannelOfPair> all;
    for (std::size_t i = 0; i < model_.parts.size(); ++i)
        for (auto& channel : model_.parts[i].kind->coupled_channels(parameters)) {
            auto const& part = model_.parts[i];
            channel.share *= weights[static_cast<Eigen::Index>(i)];
            channel.contribution = part.name + "." + channel.contribution;
            channel.name = part.name + "." + channel.name;
            all.push_back(std::move(channel));
        }
    return all;
}

std::vector<BoundStates> MixedPair::bound_states(Eigen::VectorXd const& parameters, Eigen::ArrayXd const& k_star_MeV,
                                                 PairSolution const& solution, int charged_levels) const {
    std::vector<BoundStates> all;
    Eigen::Index first = 0;
    for (auto const& part : model_.parts) {
        auto const size = static_cast<Eigen::Index>(part.kind->quantities().numbers.size());
        PairSolution of_part;  // what counts states is among the numbers
        of_part.numbers = solution.numbers.segment(first, size);
        first += size;
        naming(part.name, [&] {
            auto states = part.kind->bound_states(parameters, k_star_MeV, of_part, charged_levels);
            all.insert(all.end(), states.begin(), states.end());
        });
    }
    return all;
}

std::size_t MixedPair::waves() const {
    std::size_t waves = 0;
    for (auto const& part : model_.parts) waves += part.kind->waves();
    return waves;
}

std::unique_ptr<PairSolver> MixedPair::solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const {
    return std::make_unique<MixedSolver>(model_, k_star_MeV, tolerance);
}

}  // namespace hadronforce
