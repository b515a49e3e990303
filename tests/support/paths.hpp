#pragma once

#include <string>

namespace hadronforce::testing {

/// Where this source tree lies, and the reference data beside it. In a file of their own, as they alone differ from one
/// clone to another: what else is compiled comes out of the compiler cache.
std::string source_folder();
std::string shared_data_folder();

}  // namespace hadronforce::testing
