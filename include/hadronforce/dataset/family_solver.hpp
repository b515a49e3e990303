#pragma once

#include "hadronforce/dataset/measurement_parts.hpp"
#include "hadronforce/femtoscopy/measurement_model.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Edges of ascending bins in MeV/c; points where both agree.
struct BinEdges {
    Eigen::ArrayXd k_low_MeV, k_high_MeV;
};

/// One of the measurements of a pair: what is seen of it, and in which bins.
struct FamilyMeasurement {
    std::string name;          ///< empty: the only one
    MeasurementModel model;    ///< all of a family refer to the same parameters
    Eigen::ArrayXd k_low_MeV;  ///< bins of which C is the average; points where both edges agree
    Eigen::ArrayXd k_high_MeV;
    /// What is measured: which of PairQuantities::curves, in the middle of the bins; none: C.
    std::optional<std::size_t> curve = {};
};

MeasurementParts parts_of(std::vector<FamilyMeasurement> const& measurements);

/// What several measurements of one pair see as a function of parameters. One object a thread.
class FamilySolver {
  public:
    /// Throws as CorrelationModel.
    explicit FamilySolver(std::vector<FamilyMeasurement> const& measurements);

    /// Those of all measurements, one after the other. Throws as CorrelationModel::in_bins.
    Eigen::ArrayXd in_bins(Eigen::VectorXd const& parameters);
    /// CorrelationModel::genuine of the first one, whose numbers are the pair's.
    PairSolution const& genuine(Eigen::VectorXd const& parameters);
    /// Curves of the pair in the middle of all bins: those that `which` names, one after the other, each over all
    /// measurements.
    Eigen::ArrayXd curves_in_middle(Eigen::VectorXd const& parameters, std::vector<std::size_t> const& which);

  private:
    MeasurementParts parts_;
    std::vector<CorrelationModel> models_;
    std::vector<std::optional<std::size_t>> curves_;
};

}  // namespace hadronforce
