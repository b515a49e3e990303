#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/model_form.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// Reads the numbers of a model. What else than a number a key may hold, which makes it a parameter, is the command's.
/// All members throw InputError with file and line.
class NumberReader {
  public:
    virtual ~NumberReader() = default;

    /// Required where there is no default.
    virtual ModelNumber number(Section const& section, std::string const& key,
                               std::optional<double> const& default_value, Check<double> const& check = {});
    /// Whether the section has the key, or the number comes from elsewhere, as a column of a file.
    virtual bool is_given(Section const& section, std::string const& key) const { return section.has(key); }
    /// A list of which any entry may be a parameter.
    std::vector<ModelNumber> list(Section const& section, std::string const& key);

    /// Between what a number may come to lie: bounds of a fit (infinite where it has none), of a prior (of a normal one
    /// six standard deviations about its mean). None where it comes from a file.
    std::optional<std::pair<double, double>> range(ModelNumber const& number) const;

    /// Values for which the model must make sense, of the parameters so far: the start of a fit, medians of priors.
    Eigen::VectorXd const& trial() const noexcept { return trial_; }
    /// Whether all of them are known: not so where they come from a file that is read later.
    bool trial_is_known() const noexcept { return trial_is_known_; }

  protected:
    /// A mapping in the place of a number.
    virtual ModelNumber parameter(Section const& section, std::string const& key, Check<double> const& check) = 0;
    virtual std::optional<std::pair<double, double>> range_of_parameter(Eigen::Index parameter) const = 0;
    ModelNumber add(double trial);
    ModelNumber add_unknown();

  private:
    Eigen::VectorXd trial_;
    bool trial_is_known_ = true;
};

/// Of commands that need plain numbers.
class FixedNumbers final : public NumberReader {
  protected:
    ModelNumber parameter(Section const& section, std::string const& key, Check<double> const& check) override;
    std::optional<std::pair<double, double>> range_of_parameter(Eigen::Index parameter) const override;
};

}  // namespace hadronforce
