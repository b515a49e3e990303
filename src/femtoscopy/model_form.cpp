#include "hadronforce/femtoscopy/model_form.hpp"

#include <algorithm>

namespace hadronforce {

PotentialParameters ModelForm::at(Eigen::VectorXd const& parameters) const {
    PotentialParameters result;
    for (auto const& [key, entries] : numbers) {
        auto& values = result[key];
        values.reserve(entries.size());
        for (auto const& entry : entries) values.push_back(entry.at(parameters));
    }
    return result;
}

bool ModelForm::has_parameters() const {
    return std::any_of(numbers.begin(), numbers.end(), [](auto const& entry) {
        return std::any_of(entry.second.begin(), entry.second.end(),
                           [](ModelNumber const& number) { return number.parameter.has_value(); });
    });
}

}  // namespace hadronforce
