#pragma once

#include "hadronforce/error.hpp"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// A check on a value: empty if it is fine, else what is wrong ("must be positive").
template <class T>
using Check = std::function<std::string(T const&)>;

Check<double> positive();
Check<double> not_negative();
Check<double> greater_than(double bound);
Check<double> between(double low, double high);
Check<std::int64_t> at_least(std::int64_t bound);
Check<std::string> one_of(std::vector<std::string> names);

/// A mapping of a YAML file that remembers which keys were read. Cheap to copy; copies share the record.
/// All members throw InputError "file:line: key ...": what is wrong and what to write instead.
class Section {
  public:
    /// T: double, std::int64_t, bool, std::string, std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>.
    template <class T>
    T required(std::string const& key, Check<T> const& check = {}) const;
    template <class T>
    T optional(std::string const& key, T const& default_value, Check<T> const& check = {}) const;
    bool has(std::string const& key) const;
    /// A nested mapping; an absent optional one reads as empty.
    Section section(std::string const& key) const;
    Section optional_section(std::string const& key) const;
    /// All keys of this mapping, in file order.
    std::vector<std::string> keys() const;
    /// The raw node, marked as read, for values that may be a number or a mapping (priors).
    YAML::Node node(std::string const& key) const;
    /// "file:line: path.key message", for errors found later by whoever uses the value.
    [[noreturn]] void fail(std::string const& key, std::string const& message) const;
    /// "potential.b1_MeV" for key b1_MeV here.
    std::string path_of(std::string const& key) const;
    /// "file:line" of a key of this mapping, or of the mapping itself for an absent key.
    std::string where(std::string const& key) const;

    struct Record;
    Section(std::shared_ptr<Record> record, YAML::Node node, std::string path);

  private:
    std::shared_ptr<Record> record_;
    YAML::Node node_;
    std::string path_;
};

/// One YAML file, with overrides. Throws InputError for an unreadable file, bad YAML (line), duplicate keys, or an override that is not
/// key.path=value.
class Config {
  public:
    Config(std::string const& path, std::vector<std::string> const& overrides);
    /// From text, for tests and for configs stored in files; `name` stands for the file in messages.
    static Config from_text(std::string const& text, std::string const& name, std::vector<std::string> const& overrides = {});

    Section const& root() const { return root_; }
    /// Throws InputError for the first key nobody read: file:line, and the nearest key that was asked for at that place.
    void reject_unread_keys() const;
    /// The config with overrides applied and every default that was used filled in, as YAML text.
    std::string resolved() const;

  private:
    Config(std::shared_ptr<Section::Record> record, Section root);
    std::shared_ptr<Section::Record> record_;
    Section root_;
};

}  // namespace hadronforce
