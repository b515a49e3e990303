#pragma once

#include "hadronforce/fit/correlation_model.hpp"

#include <map>
#include <vector>

namespace hadronforce {

/// C(k*) of a pair at fixed momenta as a function of parameters, with a memory.
class PairCurve {
  public:
    PairCurve(PairModel const& model, Eigen::ArrayXd const& k_star_MeV);
    Eigen::ArrayXd const& at(Eigen::VectorXd const& parameters);

  private:
    Eigen::ArrayXd solve(Eigen::VectorXd const& parameters);

    PairModel model_;
    std::vector<Eigen::Index> depends_on_;  ///< places of parameters
    PairCorrelationSolver solver_;
    std::map<std::vector<double>, Eigen::ArrayXd> known_;
};

}  // namespace hadronforce
