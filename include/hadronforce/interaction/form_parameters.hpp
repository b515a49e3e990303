#pragma once

#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce::forms {

/// The one value of a scalar parameter; the registry has checked that it is there.
double scalar(PotentialParameters const& parameters, char const* key);

/// The largest magnitude of a number in this unit, far beyond hadrons: 1e5 fm, as in configs, else 1e30.
inline double largest_in(std::string const& unit) { return unit == "fm" ? 1e5 : 1e30; }

/// Throws InputError "KEY = VALUE must be WHAT" unless `ok`.
void require(bool ok, char const* key, double value, char const* what);

}  // namespace hadronforce::forms

namespace hadronforce {

/// The entry of that name. Throws InputError with the names, as many as a line takes; `what` as in "potential form".
template <class Named>
Named const& find_named(std::vector<Named> const& all, std::string const& name, char const* what) {
    for (auto const& entry : all)
        if (entry.name == name) return entry;
    constexpr std::size_t longest = 300;
    std::string known;
    for (auto const& entry : all) {
        if (known.size() > longest) {
            known += ", ... (all: docs/config_keys.md)";
            break;
        }
        known += (known.empty() ? "" : ", ") + entry.name;
    }
    throw InputError("there is no " + std::string(what) + " '" + name + "'; known: " + known);
}

/// The parameters of a form (of potentials, of sources) with defaults filled in. Throws InputError for a missing,
/// unknown or malformed one.
template <class Form>
PotentialParameters completed(Form const& form, PotentialParameters const& given) {
    PotentialParameters all = given;
    for (auto const& parameter : form.parameters) {
        auto const found = all.find(parameter.key);
        if (found == all.end()) {
            if (!parameter.default_value)
                throw InputError(form.name + " needs " + parameter.key + " (" + parameter.description + ")");
            all[parameter.key] = {*parameter.default_value};
        } else if (!parameter.is_list && found->second.size() != 1) {
            throw InputError(parameter.key + " of " + form.name + " must be one number, not a list");
        }
    }
    for (auto const& [key, values] : all) {
        auto const known = std::find_if(form.parameters.begin(), form.parameters.end(),
                                        [&key = key](auto const& parameter) { return parameter.key == key; });
        if (known == form.parameters.end()) throw InputError(form.name + " has no parameter " + key);
        for (double value : values)
            forms::require(std::fabs(value) <= forms::largest_in(known->unit), key.c_str(), value,
                           "finite, and of a size that hadrons have");
    }
    return all;
}

}  // namespace hadronforce
