#include "hadronforce/dataset/family_solver.hpp"

namespace hadronforce {

MeasurementParts parts_of(std::vector<FamilyMeasurement> const& measurements) {
    MeasurementParts parts;
    for (auto const& measurement : measurements) {
        parts.names.push_back(measurement.name);
        parts.sizes.push_back(measurement.k_low_MeV.size());
        parts.curves.push_back(
            measurement.curve ? measurement.model.pair.kind->quantities().curves.at(*measurement.curve).name : "");
    }
    return parts;
}

FamilySolver::FamilySolver(std::vector<FamilyMeasurement> const& measurements) : parts_(parts_of(measurements)) {
    for (auto const& measurement : measurements) {
        models_.emplace_back(measurement.model, measurement.k_low_MeV, measurement.k_high_MeV);
        curves_.push_back(measurement.curve);
    }
}

Eigen::ArrayXd FamilySolver::in_bins(Eigen::VectorXd const& parameters) {
    Eigen::ArrayXd all(parts_.total());
    for (std::size_t i = 0; i < models_.size(); ++i)
        all.segment(parts_.part(i).begin, parts_.part(i).size()) =
            curves_[i] ? models_[i].genuine_in_middle(parameters).curves[*curves_[i]] : models_[i].in_bins(parameters);
    return all;
}

PairSolution const& FamilySolver::genuine(Eigen::VectorXd const& parameters) {
    return models_.front().genuine(parameters);
}

Eigen::ArrayXd FamilySolver::curves_in_middle(Eigen::VectorXd const& parameters,
                                              std::vector<std::size_t> const& which) {
    auto const total = parts_.total();
    Eigen::ArrayXd all(static_cast<Eigen::Index>(which.size()) * total);
    for (std::size_t i = 0; i < models_.size(); ++i) {
        auto const solution = models_[i].genuine_in_middle(parameters);
        auto const part = parts_.part(i);
        for (std::size_t c = 0; c < which.size(); ++c)
            all.segment(static_cast<Eigen::Index>(c) * total + part.begin, part.size()) = solution.curves[which[c]];
    }
    return all;
}

}  // namespace hadronforce
