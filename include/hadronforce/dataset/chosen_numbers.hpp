#pragma once

#include "hadronforce/dataset/sample_family.hpp"

#include <Eigen/Core>

#include <memory>

namespace hadronforce {

/// Computes SampleFamily::chosen of samples. Keeps a solver; one object a thread.
class ChosenNumbers {
  public:
    explicit ChosenNumbers(SampleFamily const& family);

    /// In the order of `chosen`. Curves are those of a solution at the family's k* and the chosen ones together, so
    /// that a phase shift is on the same branch as in `/curves`. Throws as PairSolver::solve.
    Eigen::VectorXd of(Eigen::VectorXd const& parameters) const;

  private:
    MeasurementModel model_;
    std::vector<ChosenNumber> chosen_;
    std::vector<Eigen::Index> momenta_;   ///< of each chosen one of a curve, its place among the solver's
    std::unique_ptr<PairSolver> solver_;  ///< none where no curve is asked for
};

}  // namespace hadronforce
