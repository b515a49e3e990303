#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/fit/correlation_model.hpp"
#include "hadronforce/fit/least_squares.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Reads numbers that may be parameters of a fit, {start: 1.2, min: 0.5, max: 3}, and gives those their places.
class ModelNumberReader {
  public:
    explicit ModelNumberReader(std::vector<FitParameter>& parameters) : parameters_(&parameters) {}

    /// Throws InputError with file and line for what is neither, or a start outside its bounds.
    ModelNumber number(Section const& section, std::string const& key, std::optional<double> const& default_value,
                       Check<double> const& check = {});
    /// A list; free as a whole with {start: [...], min: [...], max: [...]}.
    std::vector<ModelNumber> list(Section const& section, std::string const& key);

  private:
    ModelNumber add(Section const& section, FitParameter const& parameter);
    std::vector<FitParameter>* parameters_;
};

}  // namespace hadronforce
