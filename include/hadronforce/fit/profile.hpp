#pragma once

#include "hadronforce/fit/starts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Distances from a parameter's best value to where chi^2, minimised over all others, has risen by 1.
struct ProfileErrors {
    std::optional<double> down, up;               ///< none: a bound comes first, or
    bool down_failed = false, up_failed = false;  ///< chi^2 + 1 was not found
    bool undetermined = false;                    ///< chi^2 does not depend on the parameter; nothing was looked for
};

struct Profile {
    std::vector<ProfileErrors> errors;  ///< one a parameter
    std::optional<Eigen::VectorXd>
        lower_minimum;  ///< where a scan met a smaller chi^2 than the fit's: fit again from here
};

/// Collective. The scans, two a parameter, are shared by the ranks; equal results for any number of them. Those that
/// `jobs` holds under `name` are not done again, and those that are done are entered there. A scan that does not find
/// what it looks for is marked, and the others count. Throws what JobTable::work throws.
Profile profile(Communicator const& comm, MakeResiduals const& make_residuals, std::vector<Parameter> const& parameters,
                LeastSquaresFit const& fit, FinishedJobs& jobs, std::string const& name = "profile");

}  // namespace hadronforce
