#pragma once

#include <string>
#include <vector>

namespace hadronforce {

/// What NetworkSettings::form may be.
std::vector<std::string> network_form_names();

}  // namespace hadronforce
