#pragma once

#include "hadronforce/femtoscopy/measurement_model.hpp"
#include "hadronforce/fit/measured_data.hpp"
#include "hadronforce/fit/whitening.hpp"
#include "hadronforce/parameters/parameter.hpp"

#include <Eigen/Core>

#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// A measured correlation function and what is to explain it.
struct FittedMeasurement {
    std::string name;  ///< empty where there is no other
    MeasuredData data;
    MeasurementModel model;
    /// Of each of the data's correlated errors, by how many standard deviations the bins are moved.
    std::vector<ModelNumber> shifts;
    std::shared_ptr<Whitening const> whitening;

    CorrelationModel make_model() const { return {model, data.bins.k_low_MeV, data.bins.k_high_MeV}; }
    /// C in the bins as it is to be compared with the data: `solver`'s, moved by the correlated errors.
    Eigen::ArrayXd predicted(CorrelationModel& solver, Eigen::VectorXd const& parameters) const;
    /// By how much each correlated error moves the bins, of which C is `correlation`.
    std::vector<Eigen::ArrayXd> moved_by(Eigen::ArrayXd const& correlation, Eigen::VectorXd const& parameters) const;
};

/// All deviations of measurements, and of parameters that are known beforehand (a normal prior), turned so that chi^2
/// is the sum of their squares: of one measurement after the other, then of the parameters. Keeps solutions; one object
/// a thread. Refers to what it was made of.
class JointResiduals {
  public:
    JointResiduals(std::vector<FittedMeasurement> const& measurements, std::vector<Parameter> const& parameters);
    /// Throws what CorrelationModel::in_bins throws, with the name of the measurement.
    Eigen::VectorXd operator()(Eigen::VectorXd const& parameters);
    /// FittedMeasurement::predicted of each measurement; throws the same.
    std::vector<Eigen::ArrayXd> predicted(Eigen::VectorXd const& parameters);
    CorrelationModel& model(std::size_t measurement) { return models_[measurement]; }

  private:
    std::vector<FittedMeasurement> const* measurements_;
    std::vector<Parameter> const* parameters_;
    std::vector<CorrelationModel> models_;
};

/// How many parameters are known beforehand.
Eigen::Index constraints_of(std::vector<Parameter> const& parameters);

}  // namespace hadronforce
