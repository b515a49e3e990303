#pragma once

#include <Eigen/Core>

#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// A number that follows from others: "1.2 * core_fm^2 + c", in muParser's notation, with its functions (sqrt, exp, ln,
/// log10, min, max, ...; log is the natural one too) and `pi`. Copies share their memory: all of them in one thread.
class Formula {
  public:
    /// Throws InputError for a text that is no formula of these names.
    Formula(std::string text, std::vector<std::string> const& names);

    /// `values`: of the names, in their order. Throws InputError where it is not finite.
    double at(Eigen::VectorXd const& values) const;

  private:
    struct Parsed;
    std::shared_ptr<Parsed> parsed_;
    std::string text_;
};

/// The names in a formula, in alphabetical order. Throws InputError for a text that is none.
std::vector<std::string> names_in_formula(std::string const& text);

/// Whether a formula may name something so: letters, digits and _, a letter first, and no function or constant.
bool is_formula_name(std::string const& name);

}  // namespace hadronforce
