#pragma once

#include "hadronforce/femtoscopy/bin_average.hpp"
#include "hadronforce/femtoscopy/measured_correlation.hpp"
#include "hadronforce/femtoscopy/momentum_matrix.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"

#include <Eigen/Core>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// A number of a model: given, or the parameter of that place.
struct ModelNumber {
    double value = 0.0;
    std::optional<Eigen::Index> parameter;
    double at(Eigen::VectorXd const& parameters) const { return parameter ? parameters[*parameter] : value; }
};

/// As PotentialParameters.
using ModelNumbers = std::map<std::string, std::vector<ModelNumber>>;

/// A strong force in one partial wave, by a registered form.
struct WaveModel {
    int l = 0;
    std::string form;
    ModelNumbers potential;
};

/// A spin (and isospin) state with its share of the pairs.
struct ChannelModel {
    double weight = 1.0;
    Exchange exchange = Exchange::none;
    std::vector<WaveModel> waves;
};

/// What decides C(k*) of one kind of pair.
struct PairModel {
    double reduced_mass_MeV = 0.0;
    int charge_product = 0;
    std::vector<ChannelModel> channels;
    std::string source_form;
    ModelNumbers source;
    double tolerance = 1e-6;
};

/// Pairs that are not genuine: lambda (C - 1) is added.
struct ContributionModel {
    std::string name;
    ModelNumber lambda;
    std::optional<PairModel> pair;          ///< none: flat, C = 1
    std::optional<MomentumMatrix> mothers;  ///< from momenta of the pair (of mothers) to those measured; none: the same
};

/// What a detector sees of a pair:
/// C(k) = N (1 + b k + c k^2 + ...) R [1 + lambda (C_pair - 1) + sum_i lambda_i (C_i - 1)], averaged over bins.
struct MeasurementModel {
    PairModel pair;
    ModelNumber lambda{1.0, {}};
    std::vector<ContributionModel> contributions;
    std::optional<MomentumMatrix> resolution;  ///< R; its rows must be the measured bins
    BinAverage::Weight weight = BinAverage::phase_space;
    int points_per_bin = 3;
    ModelNumber normalisation{1.0, {}};
    std::vector<ModelNumber> baseline;  ///< coefficients of k/(GeV/c), its square, ...
};

/// C in measured bins as a function of parameters. Remembers solutions, so that those of a pair that stays are not
/// computed again; one object a thread.
class CorrelationModel {
  public:
    /// Throws InputError for bins that the resolution does not have, or momenta that a solver refuses.
    CorrelationModel(MeasurementModel const& model, MeasuredCorrelation const& bins);
    ~CorrelationModel();
    CorrelationModel(CorrelationModel&&) noexcept;
    CorrelationModel& operator=(CorrelationModel&&) noexcept;

    /// One value a bin. Throws InputError for parameters that the model refuses, ConvergenceError.
    Eigen::ArrayXd in_bins(Eigen::VectorXd const& parameters);
    /// C of the genuine pairs alone, averaged over the bins, without resolution.
    Eigen::ArrayXd genuine_in_bins(Eigen::VectorXd const& parameters);

  private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace hadronforce
