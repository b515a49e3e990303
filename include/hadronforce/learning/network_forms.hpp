#pragma once

#include <string>
#include <vector>

namespace hadronforce {

/// What NetworkSettings::form may be.
std::vector<std::string> network_form_names();

/// Whether a network of that form takes any number of points of C(k*) in place of features.
bool form_takes_points(std::string const& form);

/// What NetworkSettings::activation may be.
std::vector<std::string> activation_names();

/// What NetworkSettings::estimator may be.
std::vector<std::string> estimator_names();

}  // namespace hadronforce
