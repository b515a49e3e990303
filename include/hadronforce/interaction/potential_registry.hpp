#pragma once

#include "hadronforce/interaction/local_potential.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// Parameters by key. A scalar is a list of one; a key ends in its unit (`b1_MeV`, `ranges_fm`).
using PotentialParameters = std::map<std::string, std::vector<double>>;

/// What a form asks for under one key.
struct PotentialParameter {
    std::string key;
    std::string description;
    bool is_list = false;
    std::optional<double> default_value;  ///< none: the key is required
};

/// A family of potentials, V(r; parameters).
struct PotentialForm {
    std::string name;
    std::string formula;
    std::vector<PotentialParameter> parameters;
    /// Throws InputError naming the parameter that is out of range.
    std::unique_ptr<LocalPotential> (*make)(PotentialParameters const& parameters, double reduced_mass_MeV);
};

/// All registered forms, in alphabetical order.
std::vector<PotentialForm> const& potential_forms();

/// The form of that name. Throws InputError with the known names.
PotentialForm const& potential_form(std::string const& name);

/// A published potential: form, numbers, masses and where they were published.
struct PotentialPreset {
    std::string name;
    std::string form;
    PotentialParameters parameters;
    double mass1_MeV;
    double mass2_MeV;
    std::string pair;
    std::string reference;
};

std::vector<PotentialPreset> const& potential_presets();

/// The preset of that name. Throws InputError with the known names.
PotentialPreset const& potential_preset(std::string const& name);

/// The potential of a form. `reduced_mass_MeV` matters to forms defined by their phase shifts (`bargmann_1`,
/// `bargmann_2`). Throws InputError for an unknown form, a missing, unknown or out-of-range parameter.
std::unique_ptr<LocalPotential> make_potential(std::string const& form, PotentialParameters const& parameters,
                                               double reduced_mass_MeV);

}  // namespace hadronforce
