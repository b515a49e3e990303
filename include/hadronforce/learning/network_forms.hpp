#pragma once

#include <string>
#include <vector>

namespace hadronforce {

/// What NetworkSettings::form may be.
std::vector<std::string> network_form_names();

/// What NetworkSettings::activation may be.
std::vector<std::string> activation_names();

}  // namespace hadronforce
