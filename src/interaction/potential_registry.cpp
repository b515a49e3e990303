#include "hadronforce/interaction/potential_registry.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/interaction/form_parameters.hpp"
#include "interaction/potential_forms.hpp"

#include <sstream>

namespace hadronforce {
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

PotentialForm const& potential_form(std::string const& name) {
    return find_named(potential_forms(), name, "potential form");
}

PotentialPreset const& potential_preset(std::string const& name) {
    return find_named(potential_presets(), name, "potential preset");
}

std::unique_ptr<LocalPotential> make_potential(std::string const& form, PotentialParameters const& parameters,
                                               double reduced_mass_MeV) {
    auto const& registered = potential_form(form);
    return registered.make(completed(registered, parameters), reduced_mass_MeV);
}

}  // namespace hadronforce
