#include "hadronforce/error.hpp"
#include "hadronforce/lattice/correlator_file.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {

void CorrelatorFile::refuse_outliers(IndexRange rows, RowMatrixXd const& R, std::vector<std::int64_t> const& times,
                                     int reach) const {
    constexpr double of_others = 1e6, of_mean = 100.0;
    RowMatrixXd const ensemble = ensemble_R();
    Eigen::Index const points = orbits_.size();
    Eigen::RowVectorXd const mean = ensemble.reshaped<Eigen::RowMajor>().transpose();
    RowMatrixXd const deviations = (R.rowwise() - mean).cwiseAbs();
    Eigen::RowVectorXd sum = deviations.colwise().sum();
    file_.comm().sum(sum.data(), static_cast<std::size_t>(sum.size()));
    auto const is_needed = [&](std::int64_t t) {
        return std::any_of(times.begin(), times.end(),
                           [&](std::int64_t wanted) { return std::abs(t - wanted) <= 2 * reach; });
    };
    agree(file_.comm(), [&] {
        for (Eigen::Index slice = 0; slice < ensemble.rows(); ++slice) {
            std::int64_t const t = times_[static_cast<std::size_t>(slice)];
            for (Eigen::Index i = slice * points; is_needed(t) && i < (slice + 1) * points; ++i)
                for (Eigen::Index s = 0; s < R.rows(); ++s) {
                    double const far = deviations(s, i);
                    double const others = (sum[i] - far) / static_cast<double>(samples_ - 1);
                    if (far > of_others * others && far > of_mean * std::abs(mean[i]))
                        throw InputError(fmt::format(
                            "{}:/R: sample {}, t = {}, point {} is {:.4g}, in the mean of all configurations {:.4g}; "
                            "that is no noise, make the file again",
                            path(), rows.begin + s, t, point_of_orbit_[static_cast<std::size_t>(i % points)], R(s, i),
                            mean[i]));
                }
        }
    });
}

}  // namespace hadronforce
