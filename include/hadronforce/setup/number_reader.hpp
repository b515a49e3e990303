#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/model_form.hpp"
#include "hadronforce/parameters/parameter_space.hpp"

#include <Eigen/Core>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// Reads the numbers of models: plain ones, parameters ({...}, which of them is the command's), and {formula: "1.2 *
/// core_fm"} of what stands in the config's section `parameters`. A key that is read again, as of a section that
/// several measurements share, is the same number. All members throw InputError with file and line.
class NumberReader {
  public:
    virtual ~NumberReader() = default;

    /// Required where there is no default.
    virtual ModelNumber number(Section const& section, std::string const& key, std::string const& unit,
                               std::optional<double> const& default_value, Check<double> const& check = {});
    /// Whether the section has the key, or the number comes from elsewhere, as a column of a file.
    virtual bool is_given(Section const& section, std::string const& key) const { return section.has(key); }
    /// A list of which any entry may be a parameter.
    std::vector<ModelNumber> list(Section const& section, std::string const& key, std::string const& unit);

    /// Between what a number may come to lie: bounds of a fit (infinite where it has none), of a prior (of a normal one
    /// six standard deviations about its mean). None where it comes from a file or by a formula.
    std::optional<std::pair<double, double>> range(ModelNumber const& number) const;

    /// Takes the section `parameters` as read although no formula has asked for it, as where a variation fixes what
    /// did.
    static void note_named(Section const& root);

    ParameterSpace const& space() const noexcept { return space_; }
    /// Values for which the model must make sense, of all numbers so far: the start of a fit, medians of priors.
    Eigen::VectorXd const& trial() const noexcept { return trial_; }
    /// Whether all of them are known: not so where they come from a file that is read later.
    bool trial_is_known() const noexcept { return trial_is_known_; }

  protected:
    /// A key of the config.
    struct Place {
        Section section;
        std::string key;
        std::string path() const { return section.path_of(key); }
        /// Of the parameter that stands there: the path, or in `parameters` what it is called there.
        std::string name() const;
    };
    /// A mapping in the place of a number, without a formula.
    virtual Parameter parameter(Place const& place, Check<double> const& check) = 0;
    virtual std::pair<double, double> range_of(Parameter const& parameter) const = 0;
    /// Whether a name in a formula that stands nowhere in the config is a parameter all the same, as a column of a
    /// file.
    virtual bool is_known_elsewhere(std::string const& /*name*/) const { return false; }
    /// A parameter whose values nobody knows yet.
    ModelNumber add_unknown(Place const& place, Parameter parameter);
    ModelNumber add(Place const& place, Parameter parameter, double trial);
    Place const& place_of(std::size_t free) const { return places_[free]; }

  private:
    ModelNumber formula(Place const& place, Check<double> const& check);
    ModelNumber tie(Place const& place, std::string const& text, Check<double> const& check);
    void read_named(Section const& root);
    void check_name(Place const& place) const;
    ModelNumber remember(Place const& place, Eigen::Index number, double trial);

    ParameterSpace space_;
    std::vector<Place> places_;  ///< of free ones
    std::map<std::string, ModelNumber> of_path_;
    bool named_are_read_ = false;
    std::vector<std::string> named_;
    std::vector<Eigen::Index> named_places_;
    Eigen::VectorXd trial_;
    bool trial_is_known_ = true;
};

/// Of commands that need plain numbers.
class FixedNumbers final : public NumberReader {
  protected:
    Parameter parameter(Place const& place, Check<double> const& check) override;
    std::pair<double, double> range_of(Parameter const& parameter) const override;
};

}  // namespace hadronforce
