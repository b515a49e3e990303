#pragma once

#include "commands/number_reader.hpp"
#include "hadronforce/dataset/sample_family.hpp"

#include <functional>
#include <string>
#include <vector>

namespace hadronforce {

/// Numbers that may have priors, {uniform: [a, b]}, {log_uniform: [a, b]}, {normal: [mean, sigma]}, or whose name is a
/// column of a file. A parameter's name is the path of its key, without "potential." or "source." at the beginning.
class PriorNumbers final : public NumberReader {
  public:
    explicit PriorNumbers(std::vector<std::string> design_columns) : design_columns_(std::move(design_columns)) {}

    ModelNumber number(Section const& section, std::string const& key, std::optional<double> const& default_value,
                       Check<double> const& check = {}) override;

    bool is_given(Section const& section, std::string const& key) const override;

    std::vector<FreeParameter> const& free() const noexcept { return free_; }
    /// Tries `check` with each parameter in turn near an end of its prior, all others in the middle. Throws InputError
    /// that names the parameter for which `check` throws one. Does nothing where parameters come from a file.
    void try_ends(std::function<void(Eigen::VectorXd const&)> const& check) const;

  protected:
    ModelNumber parameter(Section const& section, std::string const& key, Check<double> const& check) override;
    std::optional<std::pair<double, double>> range_of_parameter(Eigen::Index parameter) const override;

  private:
    struct Place {
        Section section;
        std::string key;
    };
    std::vector<std::string> design_columns_;
    std::vector<FreeParameter> free_;
    std::vector<Place> places_;
};

}  // namespace hadronforce
