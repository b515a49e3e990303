#pragma once

#include "hadronforce/parameters/formula.hpp"
#include "hadronforce/parameters/parameter.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// The numbers of models: free ones, and those that formulas tie to them. Models count all of them by their places;
/// whoever varies them counts the free ones.
class ParameterSpace {
  public:
    /// Returns its place among all numbers.
    Eigen::Index add(Parameter parameter);
    /// `places`: of the formula's names, in order. Returns its place.
    Eigen::Index add_tied(std::string name, Formula formula, std::vector<Eigen::Index> places);

    std::vector<Parameter> const& free() const noexcept { return free_; }
    Eigen::Index size() const noexcept { return static_cast<Eigen::Index>(free_.size()); }  ///< of free ones
    std::vector<std::string> names() const { return names_of(free_); }                      ///< of free ones

    /// Where a model's number is itself free, its place among the free ones.
    std::optional<std::size_t> free_at(Eigen::Index place) const;
    /// Starts of the free ones.
    Eigen::VectorXd starts() const;
    /// Values of all numbers. Throws InputError, with the name, where a formula has no finite value.
    Eigen::VectorXd all(Eigen::VectorXd const& free) const;

  private:
    struct Tied {
        std::string name;
        Formula formula;
        std::vector<Eigen::Index> places;
    };
    struct Number {
        std::optional<std::size_t> free;
        std::size_t tied = 0;  ///< where it is not free
    };
    std::vector<Parameter> free_;
    std::vector<Tied> tied_;
    std::vector<Number> numbers_;
};

}  // namespace hadronforce
