#pragma once

#include "hadronforce/femtoscopy/bin_average.hpp"
#include "hadronforce/femtoscopy/decay_feed_down.hpp"
#include "hadronforce/femtoscopy/momentum_matrix.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"

#include <Eigen/Core>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Pairs that are not genuine: lambda (C - 1) is added.
struct ContributionModel {
    std::string name;
    ModelNumber lambda;
    std::optional<PairModel> pair;  ///< none: flat, C = 1
    /// From momenta of the pair (of mothers) to those measured; none: the same.
    std::optional<MomentumMatrix> mothers = {};
    std::optional<MotherDecay> decay = {};  ///< instead: the pair's mother decays so
};

/// A baseline's shape T(k): scale (T - 1) is added.
struct BaselineTemplate {
    std::function<double(double k_star_MeV)> at;
    ModelNumber scale{1.0, {}};
};

/// What a detector sees of a pair:
/// C(k) = N (1 + b k + c k^2 + ... + scale (T - 1)) R [1 + lambda (C_pair - 1) + sum_i lambda_i (C_i - 1)], averaged
/// over bins.
struct MeasurementModel {
    PairModel pair;
    ModelNumber lambda{1.0, {}};
    std::vector<ContributionModel> contributions;
    std::optional<MomentumMatrix> resolution;    ///< R; its rows must be the measured bins
    std::optional<double> resolution_sigma_MeV;  ///< instead: gaussian_resolution in whatever bins are measured
    BinAverage::Weight weight = BinAverage::phase_space;
    int points_per_bin = 3;
    ModelNumber normalisation{1.0, {}};
    std::vector<ModelNumber> baseline;  ///< coefficients of k/(GeV/c), its square, ...
    std::optional<BaselineTemplate> baseline_template;
    /// Of parameters the numbers that pair, lambda and all else refer to; none: they are the parameters themselves.
    std::function<Eigen::VectorXd(Eigen::VectorXd const& parameters)> numbers = {};
    /// Values of the numbers that stand for others: averages over bins begin with the momenta that are needed there.
    /// They matter to speed, and to results within the tolerance.
    std::optional<Eigen::VectorXd> typical;

    /// R in these bins, if there is one. Throws InputError for bins that are no rows of `resolution`.
    std::optional<MomentumMatrix> resolution_in(Eigen::ArrayXd const& k_low_MeV,
                                                Eigen::ArrayXd const& k_high_MeV) const;

    Eigen::VectorXd numbers_of(Eigen::VectorXd const& parameters) const {
        return numbers ? numbers(parameters) : parameters;
    }
};

/// What C in bins is made of: their sum is CorrelationModel::in_bins.
struct PartsOfCorrelation {
    Eigen::ArrayXd baseline;                    ///< without any correlation: normalisation, polynomial, template
    Eigen::ArrayXd genuine;                     ///< what genuine pairs add
    std::vector<Eigen::ArrayXd> contributions;  ///< what each of the model's contributions adds; 0 where it is flat
};

/// C in measured bins as a function of parameters. Remembers solutions, so that those of a pair that stays are not
/// computed again; one object a thread.
class CorrelationModel {
  public:
    /// Edges of ascending bins in MeV/c; where both agree, C is taken there. Throws InputError for bins that the
    /// resolution does not have, or momenta that a solver refuses.
    CorrelationModel(MeasurementModel const& model, Eigen::ArrayXd const& k_low_MeV, Eigen::ArrayXd const& k_high_MeV);
    ~CorrelationModel();
    CorrelationModel(CorrelationModel&&) noexcept;
    CorrelationModel& operator=(CorrelationModel&&) noexcept;

    /// One value a bin, averages to the pair's tolerance. Throws InputError for parameters that the model refuses,
    /// ConvergenceError, which names the bin where an average does not reach the tolerance.
    Eigen::ArrayXd in_bins(Eigen::VectorXd const& parameters);
    PartsOfCorrelation parts_in_bins(Eigen::VectorXd const& parameters);
    /// C of the genuine pairs alone, averaged over the bins, without resolution.
    Eigen::ArrayXd genuine_in_bins(Eigen::VectorXd const& parameters);
    /// The solution for the genuine pairs that in_bins takes, at the momenta which the averages need. Valid until the
    /// next call.
    PairSolution const& genuine(Eigen::VectorXd const& parameters);
    /// The same in the middle of each bin.
    PairSolution genuine_in_middle(Eigen::VectorXd const& parameters);

  private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace hadronforce
