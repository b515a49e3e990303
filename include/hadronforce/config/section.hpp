#pragma once

#include "hadronforce/config/run_files.hpp"
#include "hadronforce/error.hpp"

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// What is wrong with a value ("must be positive"); empty if nothing is.
template <class T>
using Check = std::function<std::string(T const&)>;

Check<double> positive();
Check<double> not_negative();
Check<double> between(double low, double high);  ///< bounds included
Check<std::int64_t> at_least(std::int64_t bound);
Check<std::string> one_of(std::vector<std::string> names);
/// Some text in one line, for names that tables and messages have.
Check<std::string> one_line();
/// Refuses an empty list, and a list with an entry that `check` refuses.
template <class T>
Check<std::vector<T>> each(Check<T> check);

/// A mapping of a config that remembers which keys were read. Cheap to copy; copies share the record. All members throw
/// InputError "file:line: path.key ...: what is wrong and what to write instead".
class Section {
  public:
    /// T: double (finite), std::int64_t, bool, std::string, or a std::vector of one of the first, second and last.
    template <class T>
    T required(std::string const& key, Check<T> const& check = {}) const;
    /// The default may be written out even where `check` refuses it: Config::resolved() does.
    template <class T>
    T optional(std::string const& key, T const& default_value, Check<T> const& check = {}) const;

    /// The name of a file that the run reads, noted for Config::files(); must not be empty.
    std::string input(std::string const& key) const;
    /// Notes a file that is read though no key names it: one of many, or one that another file names. `key`: what it
    /// is in the identity of the run; none: it is no part of that.
    void reads(std::string const& path, std::string const& key = "") const;
    /// The name of a file that the run writes, noted for Config::files(); must not be empty.
    std::string output(std::string const& key, OutputKind kind) const;
    /// The same; empty, and nothing is written, where the key is absent or empty.
    std::string optional_output(std::string const& key, OutputKind kind) const;

    /// Whether the key is there; asking counts as offering it, not as reading it.
    bool has(std::string const& key) const;
    /// Whether the value of a key that is there is a mapping.
    bool is_mapping(std::string const& key) const;
    Section section(std::string const& key) const;
    /// The whole config.
    Section root() const;
    /// Reads as empty where it is absent.
    Section optional_section(std::string const& key) const;
    /// The mappings of a list, "channels[0]", "channels[1]", ...; none where the key is absent.
    std::vector<Section> list(std::string const& key) const;
    bool is_list(std::string const& key) const;
    /// Whether the value of a key that is there is a list with a mapping in it.
    bool is_list_with_mapping(std::string const& key) const;
    /// A list of anything as a section whose keys are "[0]", "[1]", ...
    Section entries(std::string const& key) const;
    /// This mapping, which takes the keys that it lacks from `below`, but for the `hidden` ones: paths, and places in
    /// messages, are those of the mapping that has the key.
    Section over(Section const& below, std::vector<std::string> hidden) const;
    /// Takes everything in this mapping as read, as it stands, whoever reads it.
    void read_all() const;
    /// "{cut_fm: 2.5}": this mapping in one line.
    std::string text() const;
    /// All keys of this mapping, in file order.
    std::vector<std::string> keys() const;

    /// Throws for an error that whoever uses the value found.
    [[noreturn]] void fail(std::string const& key, std::string const& message) const;
    /// "potential.b1_MeV" for key b1_MeV here.
    std::string path_of(std::string const& key) const;
    /// "file:line" of a key, or of this mapping for a key that is not there.
    std::string where(std::string const& key) const;

    struct Record;
    Section(std::shared_ptr<Record> record, YAML::Node node, std::string path);

  private:
    friend class Config;
    template <class T>
    T converted(std::string const& key, Check<T> const& check, T const* default_value) const;

    /// Of this mapping and the one below it that which has the key; this one where neither has.
    Section const& owner(std::string const& key) const;

    struct Below;
    std::shared_ptr<Record> record_;
    YAML::Node node_;
    std::string path_;
    std::shared_ptr<Below const> below_;
};

/// One YAML file with overrides from the command line.
class Config {
  public:
    /// `name` stands for the file in messages; `overrides`: "key.path=value", the value in YAML. Throws InputError for
    /// bad YAML (with line), a key given twice, or a malformed override.
    static Config from_text(std::string const& text, std::string const& name,
                            std::vector<std::string> const& overrides = {});

    /// This config's `sections` alone, and in them the keys that `changes`, mappings of such sections, give, in place
    /// of their values here; a key without a value is as if it were not there. Throws InputError where a change is no
    /// mapping of these sections, or changes what another does. What is read from it is not read from this config; keys
    /// of this config need not be read from it, those of the changes must.
    Config varied(std::vector<Section> const& changes, std::vector<std::string> const& sections) const;

    /// This config, unread, with further overrides in place of earlier ones of the same keys. Throws as from_text.
    Config overridden(std::vector<std::string> const& overrides) const;

    Section const& root() const { return root_; }
    /// Throws InputError for the first key that nobody read: file:line and the nearest key that was asked for there.
    void reject_unread_keys() const;
    /// Every value that was read, with defaults filled in and overrides applied, as YAML text: a config that resolves
    /// to itself.
    std::string resolved() const;
    /// Of the keys that were read, those with their default value, whether it was written or not.
    std::vector<std::string> keys_at_default() const;
    /// The files that were read from this config so far.
    RunFiles const& files() const;

  private:
    explicit Config(Section root);
    std::shared_ptr<Section::Record> record_;
    Section root_;
};

/// A whole file. Throws InputError where it cannot be read.
std::string read_text(std::string const& path);

template <class T>
Check<std::vector<T>> each(Check<T> check) {
    return [check](std::vector<T> const& values) -> std::string {
        if (values.empty()) return "must not be empty";
        for (auto const& value : values)
            if (auto problem = check ? check(value) : ""; !problem.empty()) return "has an entry that " + problem;
        return "";
    };
}

}  // namespace hadronforce
