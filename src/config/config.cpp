#include "config/record.hpp"
#include "hadronforce/config/section.hpp"
#include "hadronforce/config/yaml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>

namespace hadronforce {
namespace {

/// Levenshtein's number of single-letter changes between two words.
std::size_t edit_distance(std::string const& a, std::string const& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

/// The word that was probably meant: one that begins like it, else one that few letters separate from it; or none.
std::string nearest_word(std::string const& word, std::vector<std::string> const& known) {
    std::string nearest;
    std::size_t smallest = std::max<std::size_t>(2, word.size() / 2) + 1;
    for (auto const& candidate : known) {
        bool const begins_alike = candidate.rfind(word, 0) == 0 || word.rfind(candidate, 0) == 0;
        std::size_t const distance = begins_alike ? 1 : edit_distance(word, candidate);
        if (distance < smallest) {
            smallest = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

/// "a.b.c" as nested mappings, as a file must have them: "a: {b: {c: ...}}".
std::string nested(std::string const& dotted) {
    auto const dot = dotted.find('.');
    if (dot == std::string::npos) return dotted + ": ...";
    return fmt::format("{}: {{{}}}", dotted.substr(0, dot), nested(dotted.substr(dot + 1)));
}

/// Refuses keys that are no plain words, and keys given twice.
/// `any_name`: whether keys may have dots and brackets, as the names of parameters under `truth` and `at` do.
void check_keys(YAML::Node const& node, std::function<std::string(YAML::Node const&)> const& where,
                bool any_name = false) {
    if (node.IsSequence())
        for (auto const& entry : node) check_keys(entry, where);
    if (!node.IsMap()) return;
    std::set<std::string> seen;
    for (auto const& entry : node) {
        if (!entry.first.IsScalar() || entry.first.Scalar().empty())
            throw InputError(where(entry.first) + ": a key must be a word");
        std::string const key = entry.first.Scalar();
        if (key == "<<") throw InputError(where(entry.first) + ": << merges nothing here; write the keys out");
        if (!any_name && key.find_first_of("[]") != std::string::npos)
            throw InputError(
                fmt::format("{}: {} is no key; keys have no brackets but in --set", where(entry.first), key));
        if (!any_name && key.find('.') != std::string::npos)
            throw InputError(fmt::format("{}: {} is no key, as keys have no dots but in --set; write {}",
                                         where(entry.first), key, nested(key)));
        if (!seen.insert(key).second)
            throw InputError(fmt::format("{}: {} is given twice; keep one", where(entry.first), key));
        check_keys(entry.second, where, key == "truth" || key == "at");
    }
}

/// Sets what "key.path=value" says and returns the path.
std::string apply_override(YAML::Node const& root, std::string const& text) {
    auto const equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw InputError(fmt::format("--set {}: must look like key.path=value", text));
    std::string const path = text.substr(0, equals);
    YAML::Node const value = load_yaml(text.substr(equals + 1), "--set " + path, false);
    check_keys(value, [&](YAML::Node const&) { return "--set " + path; });
    auto const steps = steps_of(path);
    if (path.back() == '.') throw InputError(fmt::format("--set {}: a key is empty; write key.path=value", text));
    YAML::Node node = root;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        auto const& [key, entries] = steps[i];
        if (key.empty()) throw InputError(fmt::format("--set {}: a key is empty; write key.path=value", text));
        node.reset(node[key]);
        for (std::size_t entry : entries) {
            if (!node.IsSequence() || entry >= node.size())
                throw InputError(fmt::format("--set {}: {} has no entry {}", text, key, entry));
            node.reset(node[entry]);
        }
        if (i + 1 < steps.size() && node.IsDefined() && !node.IsMap())
            throw InputError(fmt::format("--set {}: {} is not a mapping", text, key));
    }
    node = value;
    return path;
}

void reject_unread(YAML::Node const& node, std::string const& path, Section::Record const& record) {
    if (node.IsSequence())
        for (std::size_t i = 0; i < node.size(); ++i) reject_unread(node[i], fmt::format("{}[{}]", path, i), record);
    if (!node.IsMap()) return;
    for (auto const& entry : node) {
        std::string const key = entry.first.Scalar();
        if (record.read.count(joined(path, key)) != 0) {
            reject_unread(entry.second, joined(path, key), record);
            continue;
        }
        std::string hint = path.empty() ? "; remove it" : fmt::format(" in {}; remove it", path);
        auto const asked = record.asked.find(path);
        if (asked != record.asked.end())
            if (auto const nearest = nearest_word(key, asked->second); !nearest.empty())
                hint = fmt::format("; did you mean {}?", nearest);
        throw InputError(fmt::format("{}: {} is not a known key{}", record.where(entry.first, joined(path, key)),
                                     joined(path, key), hint));
    }
}

/// A key with all below it.
void note_as_read(YAML::Node const& node, std::string const& mapping, std::string const& key, Section::Record& record) {
    record.note(mapping, key, true);
    if (node.IsMap())
        for (auto const& entry : node) note_as_read(entry.second, joined(mapping, key), entry.first.Scalar(), record);
}

/// Whether the path is that of `whole` or of a part of it.
bool is_within(std::string const& path, std::string const& whole) {
    return path == whole || path.rfind(whole + ".", 0) == 0 || path.rfind(whole + "[", 0) == 0;
}

}  // namespace

std::vector<PathStep> steps_of(std::string const& path) {
    std::vector<PathStep> steps;
    std::istringstream parts(path);
    for (std::string part; std::getline(parts, part, '.');) {
        PathStep step;
        for (auto open = part.rfind('['); open != std::string::npos && part.back() == ']'; open = part.rfind('[')) {
            std::string const digits = part.substr(open + 1, part.size() - open - 2);
            if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos)
                break;
            step.entries.insert(step.entries.begin(), std::stoul(digits));
            part.erase(open);
        }
        step.key = part;
        steps.push_back(step);
    }
    return steps;
}

std::string joined(std::string const& mapping, std::string const& key) {
    return mapping.empty() || key.front() == '[' ? mapping + key : mapping + "." + key;
}

void Section::Record::note(std::string const& mapping, std::string const& key, bool was_read) {
    auto& keys = asked[mapping];
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    if (was_read) read.insert(joined(mapping, key));
}

void Section::Record::resolve(std::string const& mapping, std::string const& key, YAML::Node const& value) {
    YAML::Node node = resolved;
    bool const is_entry = key.front() == '[';  // else a key, whose dots and brackets are its own: truth has such
    auto steps = steps_of(is_entry ? joined(mapping, key) : mapping);
    if (!is_entry) steps.push_back({key, {}});
    for (auto const& step : steps) {
        node.reset(node[step.key]);
        for (std::size_t entry : step.entries) node.reset(node[entry]);
    }
    node = YAML::Clone(value);
    // yaml-cpp would print an empty list as read and one that was made differently.
    if (node.IsSequence() && node.size() == 0) node.SetStyle(YAML::EmitterStyle::Flow);
}

std::string Section::Record::where(YAML::Node const& node, std::string const& path) const {
    for (auto const& [overriding, argument] : overridden)
        if (is_within(path, overriding)) return "--set " + argument;
    // What nobody wrote has no line: a section that is absent, or one that the command line made for a key in it.
    if (node.Mark().is_null())
        for (auto const& [overriding, argument] : overridden)
            if (!path.empty() && overriding.rfind(path + ".", 0) == 0) return "--set " + argument;
    return node.Mark().is_null() ? file : fmt::format("{}:{}", file, node.Mark().line + 1);
}

Config::Config(Section root) : root_(std::move(root)) {}

Config Config::from_text(std::string const& text, std::string const& name, std::vector<std::string> const& overrides) {
    auto record = std::make_shared<Section::Record>();
    record->file = name;
    record->text = text;
    record->overrides = overrides;
    record->root = load_yaml(text, name);
    if (record->root.IsNull()) record->root = YAML::Node(YAML::NodeType::Map);
    if (!record->root.IsMap()) throw InputError(name + ":1: a config is a mapping of keys; see docs/config_keys.md");
    check_keys(record->root, [&](YAML::Node const& key) { return fmt::format("{}:{}", name, key.Mark().line + 1); });
    for (auto const& override_text : overrides) {
        auto const path = apply_override(record->root, override_text);
        if (!record->overridden.emplace(path, path).second)
            throw InputError(fmt::format("--set {}: is given twice; keep one", path));
    }
    Config config(Section(record, record->root, ""));
    config.record_ = record;
    return config;
}

Config Config::overridden(std::vector<std::string> const& overrides) const {
    auto const path = [](std::string const& text) { return text.substr(0, text.find('=')); };
    std::vector<std::string> all;
    for (auto const& earlier : record_->overrides)
        if (std::none_of(overrides.begin(), overrides.end(),
                         [&](auto const& one) { return path(one) == path(earlier); }))
            all.push_back(earlier);
    all.insert(all.end(), overrides.begin(), overrides.end());
    return from_text(record_->text, record_->file, all);
}

Config Config::varied(std::vector<Section> const& changes, std::vector<std::string> const& sections) const {
    auto record = std::make_shared<Section::Record>();
    record->file = record_->file;
    record->root = YAML::Node(YAML::NodeType::Map);
    std::map<std::string, std::string> changed;  // path of a key: where it was changed
    for (auto const& change : changes)
        for (auto const& name : change.keys()) {
            if (std::find(sections.begin(), sections.end(), name) == sections.end())
                change.fail(name, fmt::format("varies nothing; it must be one of {}", fmt::join(sections, ", ")));
            for (auto const& key : change.section(name).keys()) {
                auto const [there, is_new] = changed.emplace(joined(name, key), change.path_of(name));
                if (!is_new) change.section(name).fail(key, "is varied by " + there->second + " too; keep one");
            }
        }
    YAML::Node const& root = record_->root;  // which does not make what it lacks
    for (auto const& name : sections) {
        YAML::Node const whole = root[name];
        if (whole && !whole.IsMap()) {
            record->root.force_insert(name, whole);
            continue;
        }
        YAML::Node section(YAML::NodeType::Map);
        if (whole)
            for (auto const& entry : whole)
                if (changed.count(joined(name, entry.first.Scalar())) == 0) {
                    section.force_insert(entry.first, entry.second);
                    note_as_read(entry.second, name, entry.first.Scalar(), *record);
                }
        for (auto const& change : changes)
            if (change.node_[name])
                for (auto const& entry : change.node_[name])
                    if (!entry.second.IsNull()) section.force_insert(entry.first, entry.second);
        record->root.force_insert(name, section);
    }
    for (auto const& [path, argument] : record_->overridden) {
        if (changed.count(path) == 0) record->overridden.emplace(path, argument);
        for (auto const& [key, there] : changed)
            if (is_within(there, path)) record->overridden.emplace(key, argument);
    }
    Config config(Section(record, record->root, ""));
    config.record_ = record;
    return config;
}

RunFiles const& Config::files() const { return record_->files; }

void Config::reject_unread_keys() const { reject_unread(record_->root, "", *record_); }

std::string Config::resolved() const {
    YAML::Emitter out;
    out.SetDoublePrecision(17);
    out << record_->resolved;
    return std::string(out.c_str()) + "\n";
}

std::vector<std::string> Config::keys_at_default() const {
    return {record_->at_default.begin(), record_->at_default.end()};
}

}  // namespace hadronforce
