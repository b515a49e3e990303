#pragma once

#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parallel/work_split.hpp"
#include "hadronforce/storage/file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// How samples are drawn from gauge configurations. Consecutive configurations are averaged to bins first; a jackknife
/// sample leaves out one bin, a bootstrap sample draws as many bins as there are, with repetition.
struct Resampling {
    enum class Kind { jackknife, bootstrap };
    Kind kind = Kind::jackknife;
    std::int64_t bin_size = 1;           ///< configurations a bin
    std::int64_t bootstrap_samples = 0;  ///< bootstrap only
    std::optional<std::int64_t> seed;    ///< bootstrap only; none: drawn by others, by a rule that is not known
};

std::string name_of(Resampling::Kind kind);  ///< "jackknife", "bootstrap"

/// How many samples there are. Throws InputError where the bins do not come out even, or are fewer than two.
std::int64_t sample_count(Resampling const& resampling, std::int64_t configurations);

/// Means over the configurations of each sample.
struct SampleMeans {
    IndexRange samples;                ///< those this rank holds; ascending over ranks, all samples together
    RowMatrixXd means;                 ///< own samples x quantities
    Eigen::RowVectorXd ensemble_mean;  ///< over all configurations, on every rank
};

/// Collective. `own`: quantities of this rank's share (share_of) of the configurations, one a row. Equal to the bit for
/// any number of ranks. Throws InputError for a bootstrap without a seed.
SampleMeans resample(Communicator const& comm, Resampling const& resampling, std::int64_t configurations,
                     RowMatrixXd const& own);

/// Of the square of a sample's deviation from the mean of all, in the variance of an estimate: jackknife (N - 1)/N,
/// bootstrap 1/(N - 1). Of a jackknife of N with some left out n samples stand for all: (N - 1)^2/(N (n - 1)).
double variance_factor(Resampling::Kind kind, std::int64_t samples, std::int64_t left_out = 0);

/// Mean over samples and standard error, the root of the sum of squared deviations times variance_factor.
struct MeanAndError {
    Eigen::RowVectorXd mean;
    Eigen::RowVectorXd error;
};

/// Collective. `own`: this rank's samples, one a row; ranks hold consecutive samples, `samples` in all. Equal to the
/// bit for any number of ranks.
MeanAndError mean_and_error(Communicator const& comm, Resampling::Kind kind, std::int64_t samples,
                            RowMatrixXd const& own, std::int64_t left_out = 0);

/// Throws InputError where samples do not tell what bins say: of a bootstrap without a seed, or with fewer than twice
/// as many samples as bins.
void check_bins_are_known(Resampling const& resampling, std::int64_t configurations);

/// What `values`, of these samples, say of each bin: its deviation from the mean of all bins, bins x quantities, as if
/// quantities were linear in the data. Of a jackknife those bins that the samples leave out; of a bootstrap, which must
/// pass check_bins_are_known, all, by least squares. Not collective.
RowMatrixXd bin_deviations(Resampling const& resampling, std::int64_t bins, std::vector<std::int64_t> const& samples,
                           RowMatrixXd const& values);

}  // namespace hadronforce
