#include "commands/train_targets.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parameters/parameter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace hadronforce {
namespace {

/// Where a target stands among a sample's values.
struct Place {
    bool is_parameter;
    Eigen::Index column;
    bool inverse;
};

std::optional<Eigen::Index> parameter_of(DatasetFile const& dataset, std::string const& name) {
    auto const& names = dataset.names();
    auto const found =
        std::find_if(names.begin(), names.end(), [&](auto const& known) { return same_parameter(known, name); });
    if (found == names.end()) return std::nullopt;
    return found - names.begin();
}

std::optional<Eigen::Index> number_of(DatasetFile const& dataset, std::string const& name) {
    auto const& names = dataset.number_names();
    auto const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return found - names.begin();
}

bool is_count(std::string const& name) {
    std::string const counted = "bound_states";
    return name.size() >= counted.size() && name.compare(name.size() - counted.size(), counted.size(), counted) == 0;
}

std::string inverse_unit(std::string const& unit) { return unit == "1" ? "1" : "1/" + unit; }

}  // namespace

LearntValues learnt_values(Section const& dataset_section, std::vector<std::string> const& wanted,
                           DatasetFile const& dataset) {
    auto const names = wanted.empty() ? dataset.names() : wanted;
    auto const priors = dataset.prior_texts();
    LearntValues learnt;
    std::vector<Place> places;
    for (auto const& name : names) {
        bool const inverse = name.rfind("1/", 0) == 0;
        auto const base = inverse ? name.substr(2) : name;
        if (auto const parameter = inverse ? std::nullopt : parameter_of(dataset, base)) {
            auto const i = static_cast<std::size_t>(*parameter);
            bool const logarithm = i < priors.size() && priors[i].rfind("log-uniform", 0) == 0;
            learnt.targets.push_back(
                {dataset.names()[i], dataset.units()[i], logarithm ? TargetScale::logarithm : TargetScale::linear});
            places.push_back({true, *parameter, false});
        } else if (auto const number = number_of(dataset, base)) {
            auto const& unit = dataset.number_units()[static_cast<std::size_t>(*number)];
            learnt.targets.push_back({name, inverse ? inverse_unit(unit) : unit,
                                      is_count(base) && !inverse ? TargetScale::linear : TargetScale::quantiles});
            places.push_back({false, *number, inverse});
        } else {
            dataset_section.fail("targets", fmt::format("names {}; the dataset has the parameters {} and the "
                                                        "quantities {}, of which 1/NAME may be learnt too",
                                                        name, fmt::join(dataset.names(), ", "),
                                                        fmt::join(dataset.number_names(), ", ")));
        }
    }
    learnt.of = [places, names](SampleValues const& samples) {
        RowMatrixXd values(samples.parameters.rows(), static_cast<Eigen::Index>(places.size()));
        for (std::size_t t = 0; t < places.size(); ++t) {
            auto const& place = places[t];
            auto column = values.col(static_cast<Eigen::Index>(t));
            column = (place.is_parameter ? samples.parameters : samples.numbers).col(place.column);
            if (place.inverse) column = column.cwiseInverse();
            if (column.array().isNaN().any())
                throw InputError(names[t] + " is not a number for some samples; it cannot be a target");
        }
        return values;
    };
    return learnt;
}

}  // namespace hadronforce
