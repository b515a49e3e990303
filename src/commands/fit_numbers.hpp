#pragma once

#include "commands/number_reader.hpp"
#include "hadronforce/fit/least_squares.hpp"

#include <vector>

namespace hadronforce {

/// Numbers that may be parameters of a fit, {start: 1.2, min: 0.5, max: 3}, named by the path of their key.
class FitNumbers final : public NumberReader {
  public:
    std::vector<FitParameter> const& parameters() const noexcept { return parameters_; }

  protected:
    /// Throws InputError for a start outside its bounds too.
    ModelNumber parameter(Section const& section, std::string const& key, Check<double> const& check) override;
    std::optional<std::pair<double, double>> range_of_parameter(Eigen::Index parameter) const override;

  private:
    std::vector<FitParameter> parameters_;
};

}  // namespace hadronforce
