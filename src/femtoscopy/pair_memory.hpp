#pragma once

#include "hadronforce/femtoscopy/pair_model.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace hadronforce {

/// What is known of a model, by those parameters that it depends on. Forgets all where it becomes too much.
template <class Value>
class ByParameters {
  public:
    explicit ByParameters(PairModel const& model) : depends_on_(model.parameters()) {}

    /// `make(parameters)` where it is not known. Valid until the next call.
    template <class Make>
    Value& at(Eigen::VectorXd const& parameters, Make const& make) {
        // Enough for a gradient and the step before it.
        constexpr std::size_t most_known = 40;
        std::vector<double> key;
        for (auto place : depends_on_) key.push_back(parameters[place]);
        auto found = known_.find(key);
        if (found == known_.end()) {
            if (known_.size() >= most_known) known_.clear();
            found = known_.emplace(std::move(key), make(parameters)).first;
        }
        return found->second;
    }

  private:
    std::vector<Eigen::Index> depends_on_;  // places of parameters
    std::map<std::vector<double>, Value> known_;
};

/// Solvers of a model by their momenta: the same ones are asked for again at most parameters.
class SolversByMomenta {
  public:
    explicit SolversByMomenta(PairModel model) : model_(std::move(model)) {}

    /// Valid until the next call.
    PairSolver& at(Eigen::ArrayXd const& k_star_MeV) {
        constexpr std::size_t most_solvers = 8;
        std::vector<double> const key(k_star_MeV.begin(), k_star_MeV.end());
        auto found = solvers_.find(key);
        if (found == solvers_.end()) {
            if (solvers_.size() >= most_solvers) solvers_.clear();
            found = solvers_.emplace(key, model_.solver(k_star_MeV)).first;
        }
        return *found->second;
    }

  private:
    PairModel model_;
    std::map<std::vector<double>, std::unique_ptr<PairSolver>> solvers_;
};

}  // namespace hadronforce
