#pragma once

#include "hadronforce/setup/number_reader.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// {uniform: [a, b]}, {log_uniform: [a, b]} or {normal: [mean, sigma]}; none where `mapping` has none of them, and
/// where it `may_have_more` keys. Throws InputError with file and line.
std::optional<Prior> read_prior(Section const& mapping, bool may_have_more);

/// Numbers that may have priors, or whose name is a column of a file.
class PriorNumbers final : public NumberReader {
  public:
    explicit PriorNumbers(std::vector<std::string> design_columns) : design_columns_(std::move(design_columns)) {}

    ModelNumber number(Section const& section, std::string const& key, std::string const& unit,
                       std::optional<double> const& default_value, Check<double> const& check = {}) override;

    bool is_given(Section const& section, std::string const& key) const override;

    /// Tries `check` with each parameter in turn near an end of its prior, all others in the middle. Throws InputError
    /// that names the parameter for which `check` throws one. Does nothing where parameters come from a file.
    void try_ends(std::function<void(Eigen::VectorXd const& free)> const& check) const;

  protected:
    Parameter parameter(Place const& place, Check<double> const& check) override;
    std::pair<double, double> range_of(Parameter const& parameter) const override;
    bool is_known_elsewhere(std::string const& name) const override;

  private:
    bool is_column(Place const& place) const;
    std::vector<std::string> design_columns_;
};

}  // namespace hadronforce
