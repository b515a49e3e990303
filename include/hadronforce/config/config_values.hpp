#pragma once

#include <map>
#include <string>

namespace hadronforce {

/// The values of a resolved config, by meaning: full keys ("channels[0].weight", sorted) with numbers and truth values
/// in one spelling (1e3 and 1000.0 are 1000, yes is true). A list without mappings is one value, "[0.4, 0.9]"; of any
/// other list "KEY entries" is the length. `name` stands for the text in messages.
/// Throws InputError for text that is no YAML mapping.
std::map<std::string, std::string> config_values(std::string const& resolved, std::string const& name);

}  // namespace hadronforce
