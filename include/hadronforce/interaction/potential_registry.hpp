#pragma once

#include "hadronforce/interaction/local_potential.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Parameters by key. A scalar is a list of one; a key ends in its unit (`b1_MeV`, `ranges_fm`).
using PotentialParameters = std::map<std::string, std::vector<double>>;

/// What a form asks for under one key.
struct PotentialParameter {
    std::string key;
    std::string unit;  ///< "MeV fm", "1/fm^2"; "1" for none
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

/// A published potential: form, numbers, masses, where they were published, and what it is for.
struct PotentialPreset {
    std::string name;
    std::string form;
    PotentialParameters parameters;
    double mass1_MeV;
    double mass2_MeV;
    std::string pair;
    std::string reference;
    int orbital = 0;                      ///< l of its wave
    std::optional<int> charge_product{};  ///< Z1 Z2 of its pair; none where several charges are meant
    double mass_tolerance = 0.05;         ///< relative: masses that differ by more are those of another pair
};

std::vector<PotentialPreset> const& potential_presets();

/// The preset of that name. Throws InputError with the known names.
PotentialPreset const& potential_preset(std::string const& name);

/// The potential of a form. `reduced_mass_MeV` matters to forms defined by their phase shifts (`bargmann_1`,
/// `bargmann_2`). Throws InputError for an unknown form, a missing, unknown or out-of-range parameter.
std::unique_ptr<LocalPotential> make_potential(std::string const& form, PotentialParameters const& parameters,
                                               double reduced_mass_MeV);

}  // namespace hadronforce
