#pragma once

#include "hadronforce/interaction/potential_registry.hpp"

#include <Eigen/Core>

#include <map>
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

/// A potential or a source by a registered form.
struct ModelForm {
    std::string form;
    ModelNumbers numbers;
    PotentialParameters at(Eigen::VectorXd const& parameters) const;
    bool has_parameters() const;
};

}  // namespace hadronforce
