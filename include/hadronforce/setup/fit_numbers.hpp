#pragma once

#include "hadronforce/setup/number_reader.hpp"

#include <map>
#include <string>

namespace hadronforce {

/// Numbers that may be parameters of a fit: {start: 1.2, min: 0.5, max: 3}; {normal: [0.75, 0.02]}, which counts as a
/// measurement of its own and may have start, min and max beside it; {uniform: [a, b]} and {log_uniform: [a, b]}, which
/// are bounds with a start in the middle.
class FitNumbers final : public NumberReader {
  public:
    /// By how many standard deviations an error that several bins or measurements have in common moves them: "shift of
    /// NAME", a parameter that is known to be 0 +- 1. The same for the same `name`.
    ModelNumber shift(Section const& section, std::string const& name);

  protected:
    /// Throws InputError for a start outside its bounds too.
    Parameter parameter(Place const& place, Check<double> const& check) override;
    std::pair<double, double> range_of(Parameter const& parameter) const override;

  private:
    std::map<std::string, ModelNumber> shifts_;
};

}  // namespace hadronforce
