#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <optional>
#include <string>

namespace hadronforce {

/// The only document of a YAML text; null where the text is empty. `name` stands for the text in messages, followed by
/// ":line" where `name_lines`. Throws InputError for what is not valid YAML in UTF-8 (a byte-order mark is skipped), a
/// second document, tags beyond YAML's own, an alias inside its own anchor, more than 64 levels, and more than two
/// million values, aliases written out: what is returned is finite and can be walked.
YAML::Node load_yaml(std::string const& text, std::string const& name, bool name_lines = true);

/// A number as the core schema of YAML 1.2 writes it: 60, 060 (sixty), 0o17, 0xff, +.5, 1e6, .inf, .nan; infinite where
/// it is too large for a double. None where the text is none: 1_000, 1:30, 1d3, "1,5", nan.
std::optional<double> yaml_number(std::string const& text);

/// The same without fraction, exactly; 1e6 is a whole number too, up to 9e15. None where the text is none.
std::optional<std::int64_t> yaml_whole_number(std::string const& text);

}  // namespace hadronforce
