#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace hadronforce::hepdata {

/// One file of HEPData's: the parsed YAML, and messages with its lines.
class Table {
  public:
    /// Throws InputError for what is not YAML or not a table of independent and dependent variables.
    explicit Table(std::string const& path);

    /// Throws InputError "path:line: message".
    [[noreturn]] void fail(YAML::Node const& node, std::string const& message) const;

    std::vector<YAML::Node> const& independent() const { return independent_; }
    /// The dependent variable with that name in its header; the only one where the name is empty.
    YAML::Node dependent(std::string const& name) const;

    /// The list `values` of a variable. Throws where it is missing, empty or of another length than `expected`
    /// (0: any).
    YAML::Node values(YAML::Node const& variable, std::size_t expected) const;
    std::string name(YAML::Node const& variable) const;
    /// "" where the header has none.
    std::string units(YAML::Node const& variable) const;
    /// Factor that turns a momentum in the header's units into MeV/c. Throws for other units.
    double factor_to_MeV(YAML::Node const& variable) const;
    /// A finite number under a key of `entry`.
    double number(YAML::Node const& entry, char const* key) const;
    double number(YAML::Node const& node, std::string const& what) const;

    std::string const& path() const { return path_; }
    int line(YAML::Node const& node) const { return node.Mark().line + 1; }

  private:
    std::string path_;
    YAML::Node root_;
    std::vector<YAML::Node> independent_;
    std::vector<YAML::Node> dependent_;
};

/// A bin of momentum as {low, high}, {value} or both.
struct Bin {
    double low_MeV, high_MeV, centre_MeV;
};
Bin read_bin(Table const& table, YAML::Node const& entry, double factor_to_MeV);

}  // namespace hadronforce::hepdata
