#pragma once

#include "hadronforce/fit/job_table.hpp"
#include "hadronforce/fit/least_squares.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace hadronforce {

/// New residuals with a memory of their own, so that what one fit did leaves no trace in another.
using MakeResiduals = std::function<Residuals()>;

/// Where fits begin beside the parameters' own start.
struct Starts {
    /// Of log-uniform priors, else between the bounds, about the start within a half of its size where there is none:
    /// each the best of 100 draws.
    int drawn = 0;
    std::uint64_t seed = 1;
    std::vector<Eigen::VectorXd> given{};  ///< moved inside the bounds
    /// Four times as many are drawn, and again, up to `at_most`, while this says so of the best fit. Of all ranks
    /// alike.
    std::function<bool(LeastSquaresFit const&)> goes_on{};
    int at_most = 0;
};

/// Where a fit converged.
struct Minimum {
    Eigen::VectorXd values;
    double chi2;
};

struct BestOfStarts {
    LeastSquaresFit fit;                   ///< converged
    std::vector<Minimum> ends;             ///< of all fits that converged, in the order of their starts
    std::optional<LeastSquaresFit> lower;  ///< a fit that ended more than 1 lower and did not converge
};

/// Collective. The best of several fits, shared by the ranks: from the parameters' own start, from those given, from
/// those drawn, each a function of seed and number. Fits from drawn starts end after 100 + 100 evaluations a parameter;
/// a fit that ends lowest and has not converged goes on from there, five times at most. Starts from which no fit
/// converges are left out; the failure of the lowest, or of the first, is thrown where none does. Ties go to the
/// earlier start. Fits that `jobs` holds under "fits from starts" are not done again, and those that are done are
/// entered there. Throws what JobTable::work throws.
BestOfStarts best_of_starts(Communicator const& comm, MakeResiduals const& make_residuals,
                            std::vector<Parameter> const& parameters, Starts const& starts, FinishedJobs& jobs);

/// A start moved inside its bounds by a hundredth of their distance: at a bound nothing would move, and there may be no
/// solution. What has a log-uniform prior counts in its logarithm, here and below.
double moved_inside(Parameter const& parameter, double value);

/// The ends whose chi^2 is at most `highest_chi2` and which the errors of `values` do not cover: some parameter lies
/// more than three of them away, and more than a hundredth of its bounds' distance. Each stands for those near it; the
/// lowest chi^2 first.
std::vector<Minimum> other_minima(std::vector<Minimum> ends, Eigen::VectorXd const& values,
                                  Eigen::VectorXd const& errors, double highest_chi2,
                                  std::vector<Parameter> const& parameters);

}  // namespace hadronforce
