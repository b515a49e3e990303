#include "hadronforce/interaction/potential_registry.hpp"

#include "hadronforce/error.hpp"
#include "interaction/potential_forms.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace hadronforce {
namespace {

template <class Named>
Named const& find_named(std::vector<Named> const& all, std::string const& name, char const* what) {
    for (auto const& entry : all)
        if (entry.name == name) return entry;
    std::string known;
    for (auto const& entry : all) known += (known.empty() ? "" : ", ") + entry.name;
    throw InputError("there is no potential " + std::string(what) + " '" + name + "'; known: " + known);
}

/// The parameters with defaults filled in. Throws InputError for a missing, unknown or malformed one.
PotentialParameters completed(PotentialForm const& form, PotentialParameters const& given) {
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
        bool const known = std::any_of(form.parameters.begin(), form.parameters.end(),
                                       [&key = key](auto const& parameter) { return parameter.key == key; });
        if (!known) throw InputError(form.name + " has no parameter " + key);
        for (double value : values) forms::require(std::isfinite(value), key.c_str(), value, "finite");
    }
    return all;
}

}  // namespace

namespace forms {

double scalar(PotentialParameters const& parameters, char const* key) { return parameters.at(key).front(); }

void require(bool ok, char const* key, double value, char const* what) {
    if (ok) return;
    std::ostringstream message;
    message << key << " = " << value << " must be " << what;
    throw InputError(message.str());
}

}  // namespace forms

std::vector<PotentialForm> const& potential_forms() {
    static std::vector<PotentialForm> const all{forms::argonne_v18(),
                                                forms::bargmann_1(),
                                                forms::bargmann_2(),
                                                forms::gaussian_plus_yukawa_power(),
                                                forms::gaussians_plus_pions(),
                                                forms::gaussians_plus_two_pion_tail(),
                                                forms::hulthen(),
                                                forms::square_well(),
                                                forms::sum_of_gaussians(),
                                                forms::sum_of_yukawas(),
                                                forms::tabulated(),
                                                forms::usmani(),
                                                forms::woods_saxon(),
                                                forms::yukawa()};
    return all;
}

PotentialForm const& potential_form(std::string const& name) { return find_named(potential_forms(), name, "form"); }

PotentialPreset const& potential_preset(std::string const& name) {
    return find_named(potential_presets(), name, "preset");
}

std::unique_ptr<LocalPotential> make_potential(std::string const& form, PotentialParameters const& parameters,
                                               double reduced_mass_MeV) {
    auto const& registered = potential_form(form);
    return registered.make(completed(registered, parameters), reduced_mass_MeV);
}

}  // namespace hadronforce
