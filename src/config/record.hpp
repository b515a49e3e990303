#pragma once

#include "hadronforce/config/section.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace hadronforce {

/// What is shared by all sections of one config.
struct Section::Record {
    std::string file;
    std::string text;
    std::vector<std::string> overrides;  ///< "key.path=value"
    YAML::Node root;
    std::set<std::string> read;                             ///< full paths of keys that were read
    std::map<std::string, std::vector<std::string>> asked;  ///< keys asked for, by the path of their mapping
    YAML::Node resolved{YAML::NodeType::Map};
    RunFiles files;
    std::set<std::string> at_default;  ///< full paths of keys whose value is their default

    void note(std::string const& mapping, std::string const& key, bool was_read);
    /// Puts a value into `resolved`.
    void resolve(std::string const& mapping, std::string const& key, YAML::Node const& value);
    std::map<std::string, std::string> overridden;  ///< paths that came from the command line, and as what
    /// "file:line", or "--set PATH" for what came from the command line.
    std::string where(YAML::Node const& node, std::string const& path) const;
};

/// One step of a path: a key, then entries of lists: "waves[0]".
struct PathStep {
    std::string key;
    std::vector<std::size_t> entries;
};

/// "channels[0].weight" -> {channels, {0}}, {weight, {}}.
std::vector<PathStep> steps_of(std::string const& path);

/// The mapping joined with a key, "potential" + "b1_MeV" -> "potential.b1_MeV", or a list with the number of an entry,
/// "ranges_fm" + "[0]" -> "ranges_fm[0]".
std::string joined(std::string const& mapping, std::string const& key);

}  // namespace hadronforce
