#include "hadronforce/femtoscopy/values_of_form.hpp"

#include "hadronforce/interaction/form_parameters.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// Each number as it is, of a parameter as it was where the model was read.
PotentialParameters as_read(ModelForm const& form) {
    PotentialParameters values;
    for (auto const& [key, entries] : form.numbers)
        for (auto const& entry : entries) values[key].push_back(entry.value);
    return values;
}

}  // namespace

ValuesOfForm::ValuesOfForm(ModelForm const& form, std::vector<PotentialParameter> const& asked,
                           PotentialParameters completed)
    : values_(std::make_unique<PotentialParameters>(std::move(completed))) {
    for (auto const& [key, entries] : form.numbers) {
        auto const found = values_->find(key);
        auto const parameter =
            std::find_if(asked.begin(), asked.end(), [&key = key](auto const& one) { return one.key == key; });
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (entries[i].parameter)
                places_.push_back({found->first.c_str(), &found->second[i], *entries[i].parameter,
                                   forms::largest_in(parameter->unit)});
    }
}

ValuesOfForm ValuesOfForm::of_potential(ModelForm const& form) {
    auto const& registered = hadronforce::potential_form(form.form);
    ValuesOfForm result(form, registered.parameters, completed(registered, as_read(form)));
    result.potential_form_ = &registered;
    return result;
}

ValuesOfForm ValuesOfForm::of_source(ModelForm const& form) {
    auto const& registered = hadronforce::source_form(form.form);
    ValuesOfForm result(form, registered.parameters, completed(registered, as_read(form)));
    result.source_form_ = &registered;
    return result;
}

PotentialParameters const& ValuesOfForm::at(Eigen::VectorXd const& parameters) {
    for (auto const& place : places_) {
        *place.value = parameters[place.parameter];
        forms::require(std::fabs(*place.value) <= place.largest, place.key, *place.value,
                       "finite, and of a size that hadrons have");
    }
    return *values_;
}

std::unique_ptr<LocalPotential> ValuesOfForm::potential(Eigen::VectorXd const& parameters, double reduced_mass_MeV) {
    return potential_form_->make(at(parameters), reduced_mass_MeV);
}

std::unique_ptr<Source> ValuesOfForm::source(Eigen::VectorXd const& parameters) {
    return source_form_->make(at(parameters));
}

}  // namespace hadronforce
