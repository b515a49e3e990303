#include "support/paths.hpp"

namespace hadronforce::testing {

std::string source_folder() { return HADRONFORCE_SOURCE_DIR; }
std::string shared_data_folder() { return HADRONFORCE_SHARED_DATA; }

}  // namespace hadronforce::testing
