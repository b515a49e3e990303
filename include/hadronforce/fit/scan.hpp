#pragma once

#include "hadronforce/fit/job_table.hpp"
#include "hadronforce/fit/least_squares.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// What a scan holds at given values, ascending.
struct ScanAxis {
    std::string name;
    std::string unit;
    std::optional<Eigen::Index> parameter;  ///< a parameter of the fit; none: what follows from all of them
    Eigen::ArrayXd values;
};

/// Residuals, and of each axis that is no parameter its value, with a memory in common.
struct ScanFunctions {
    Residuals residuals;
    std::vector<std::function<double(Eigen::VectorXd const& parameters)>> quantities;  ///< one an axis; may be empty
};
using MakeScanFunctions = std::function<ScanFunctions()>;

/// chi^2, minimised over all parameters, where the axes have their values. Cells go by the first axis, then the second.
struct ScanResult {
    Eigen::VectorXd chi2;        ///< of each cell; NaN where no fit converged
    Eigen::MatrixXd parameters;  ///< cells x parameters
};

/// Collective. One axis or two. A row of cells along the last axis is one job of the ranks, from the cell next to the
/// fit outwards, each from the minimum beside it; then every cell tries the minima of neighbours that lie elsewhere (by
/// more than a parameter's error), until none finds a lower one. What no parameter is, is held by a residual of its
/// own, to a thousandth of the axis' step. Equal results for any number of ranks; `jobs` as for profile(), under "scan
/// ...". Throws what JobTable::work throws.
ScanResult scan(Communicator const& comm, MakeScanFunctions const& make, std::vector<Parameter> const& parameters,
                LeastSquaresFit const& fit, std::vector<ScanAxis> const& axes, FinishedJobs& jobs);

/// By how much chi^2 exceeds its least where so many parameters at once are n standard deviations off: the quantile of
/// chi^2's distribution at the probability of n for one.
double chi2_rise(double standard_deviations, int axes);

}  // namespace hadronforce
