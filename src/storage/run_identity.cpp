#include "hadronforce/storage/run_identity.hpp"

#include "hadronforce/config/config_values.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace hadronforce {
namespace {

using Values = std::map<std::string, std::string>;

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

bool contains(std::vector<std::string> const& keys, std::string const& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// Whether `key` is one of `keys` or lies below one.
bool lies_in(std::vector<std::string> const& keys, std::string const& key) {
    return std::any_of(keys.begin(), keys.end(), [&](std::string const& above) {
        return key.compare(0, above.size(), above) == 0 &&
               (key.size() == above.size() || key[above.size()] == '.' || key[above.size()] == '[');
    });
}

std::string config_difference(Values const& then, Values const& now, std::vector<std::string> const& defaults_then,
                              RunIdentity const& identity, Values const& digests_then) {
    // Input files are compared by their content.
    auto const counts = [&](std::string const& key) {
        return !lies_in(identity.ignored, key) && digests_then.count(key) == 0;
    };
    for (auto const& [key, value] : now) {
        if (!counts(key)) continue;
        auto const before = then.find(key);
        if (before == then.end()) {
            if (!contains(identity.defaults, key)) return fmt::format("{} was not given and is {}", key, value);
        } else if (before->second != value) {
            return fmt::format("{} was {} and is {}", key, before->second, value);
        }
    }
    for (auto const& [key, value] : then)
        if (counts(key) && now.count(key) == 0 && !contains(defaults_then, key))
            return fmt::format("{} was {} and is not given", key, value);
    return "";
}

std::string input_difference(Values const& then, RunIdentity const& now) {
    for (auto const& input : now.inputs) {
        if (lies_in(now.ignored, input.key)) continue;
        auto const before = then.find(input.key);
        if (before == then.end()) return fmt::format("{} was not read", input.path);
        if (input.digest.empty()) return fmt::format("whether {} is what it was cannot be known", input.path);
        if (before->second != input.digest) return fmt::format("{} has changed since", input.path);
    }
    return "";
}

}  // namespace

void write_identity(File& file, RunIdentity const& identity) {
    file.set_attribute("/", "config_defaults", fmt::format("{}", fmt::join(identity.defaults, "\n")));
    std::string digests;
    for (auto const& input : identity.inputs) digests += input.key + " " + input.digest + "\n";
    file.set_attribute("/", "input_digests", digests);
}

RunIdentity read_identity(File const& file) {
    RunIdentity identity{file.string_attribute("/", "config"), {}, {}, {}};
    if (file.has_attribute("/", "config_defaults"))
        identity.defaults = lines_of(file.string_attribute("/", "config_defaults"));
    if (!file.has_attribute("/", "input_digests")) return identity;
    for (auto const& line : lines_of(file.string_attribute("/", "input_digests"))) {
        auto const key = line.substr(0, line.find(' '));
        identity.inputs.push_back({key, key, key.size() < line.size() ? line.substr(key.size() + 1) : ""});
    }
    return identity;
}

std::string difference(File const& file, RunIdentity const& identity) {
    auto const before = read_identity(file);
    bool const has_digests = file.has_attribute("/", "input_digests");
    std::string what;
    agree(file.comm(), [&] {
        Values digests_then;
        for (auto const& input : before.inputs) digests_then[input.key] = input.digest;
        what = config_difference(config_values(before.config, file.path() + "@config"),
                                 config_values(identity.config, "the config"), before.defaults, identity, digests_then);
        if (what.empty() && has_digests) what = input_difference(digests_then, identity);
    });
    return what;
}

}  // namespace hadronforce
