#include "hadronforce/femtoscopy/pair_model.hpp"

#include <set>

namespace hadronforce {

std::optional<std::size_t> find(std::vector<Quantity> const& quantities, std::string const& name) {
    for (std::size_t i = 0; i < quantities.size(); ++i)
        if (quantities[i].name == name) return i;
    return std::nullopt;
}

std::vector<std::string> names_of(std::vector<Quantity> const& quantities) {
    std::vector<std::string> names;
    for (auto const& quantity : quantities) names.push_back(quantity.name);
    return names;
}

std::vector<std::string> descriptions_of(std::vector<Quantity> const& quantities) {
    std::vector<std::string> descriptions;
    for (auto const& quantity : quantities) descriptions.push_back(quantity.description);
    return descriptions;
}

std::string units_of(std::vector<Quantity> const& quantities) {
    std::string units;
    for (auto const& quantity : quantities) units += (units.empty() ? "" : ", ") + quantity.unit;
    return units;
}

std::vector<Eigen::Index> PairModel::parameters() const {
    std::set<Eigen::Index> places;
    auto const add = [&](ModelNumber const& number) {
        if (number.parameter) places.insert(*number.parameter);
    };
    auto const add_all = [&](ModelForm const& form) {
        for (auto const& [key, entries] : form.numbers)
            for (auto const& entry : entries) add(entry);
    };
    kind->for_each_potential(add_all);
    kind->for_each_source(add_all);
    kind->for_each_number(add);
    return {places.begin(), places.end()};
}

bool PairModel::has_potential_form(std::string const& form) const {
    bool found = false;
    kind->for_each_potential([&](ModelForm const& each) { found = found || each.form == form; });
    return found;
}

}  // namespace hadronforce
