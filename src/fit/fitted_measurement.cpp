#include "hadronforce/fit/fitted_measurement.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

bool is_known(Parameter const& parameter) { return parameter.prior.kind == Prior::Kind::normal; }

}  // namespace

Eigen::ArrayXd FittedMeasurement::predicted(CorrelationModel& solver, Eigen::VectorXd const& parameters) const {
    Eigen::ArrayXd c = solver.in_bins(parameters);
    if (shifts.empty()) return c;
    Eigen::ArrayXd moved = c;
    for (auto const& change : moved_by(c, parameters)) moved += change;
    return moved;
}

std::vector<Eigen::ArrayXd> FittedMeasurement::moved_by(Eigen::ArrayXd const& correlation,
                                                        Eigen::VectorXd const& parameters) const {
    std::vector<Eigen::ArrayXd> changes;
    Eigen::VectorXd const numbers = model.numbers_of(parameters);
    for (std::size_t i = 0; i < shifts.size(); ++i) {
        auto const& error = data.correlated[i];
        double const shift = shifts[i].at(numbers);
        changes.push_back(error.of_bins.size() > 0 ? Eigen::ArrayXd(shift * error.of_bins)
                                                   : Eigen::ArrayXd(shift * error.relative * correlation));
    }
    return changes;
}

JointResiduals::JointResiduals(std::vector<FittedMeasurement> const& measurements,
                               std::vector<Parameter> const& parameters)
    : measurements_(&measurements), parameters_(&parameters) {
    for (auto const& measurement : measurements) models_.push_back(measurement.make_model());
}

std::vector<Eigen::ArrayXd> JointResiduals::predicted(Eigen::VectorXd const& parameters) {
    std::vector<Eigen::ArrayXd> all;
    for (std::size_t i = 0; i < models_.size(); ++i) {
        auto const& measurement = (*measurements_)[i];
        naming(measurement.name, [&] { all.push_back(measurement.predicted(models_[i], parameters)); });
    }
    return all;
}

Eigen::VectorXd JointResiduals::operator()(Eigen::VectorXd const& parameters) {
    auto const predictions = predicted(parameters);
    Eigen::Index size = constraints_of(*parameters_);
    for (auto const& measurement : *measurements_) size += measurement.data.bins.size();
    Eigen::VectorXd residuals(size);
    Eigen::Index at = 0;
    for (std::size_t i = 0; i < models_.size(); ++i) {
        auto const& measurement = (*measurements_)[i];
        auto const& bins = measurement.data.bins;
        residuals.segment(at, bins.size()) =
            measurement.whitening->whiten((predictions[i] - bins.correlation).matrix());
        at += bins.size();
    }
    for (std::size_t i = 0; i < parameters_->size(); ++i) {
        auto const& parameter = (*parameters_)[i];
        if (is_known(parameter))
            residuals[at++] =
                (parameters[static_cast<Eigen::Index>(i)] - parameter.prior.first) / parameter.prior.second;
    }
    return residuals;
}

Eigen::Index constraints_of(std::vector<Parameter> const& parameters) {
    return std::count_if(parameters.begin(), parameters.end(), is_known);
}

}  // namespace hadronforce
