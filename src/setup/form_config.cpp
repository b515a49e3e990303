#include "hadronforce/setup/form_config.hpp"

#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/setup/plausibility.hpp"
#include "hadronforce/setup/table_config.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

/// `also`: what else than `find` knows may stand there.
template <class Find>
auto const& found(Section const& section, std::string const& key, Find const& find, std::string const& also = "") {
    auto const name = section.required<std::string>(key);
    try {
        return find(name);
    } catch (InputError const& error) {
        section.fail(key, std::string("is not known: ") + error.what() + also);
    }
}

ModelForm given(std::string const& form, PotentialParameters const& parameters) {
    ModelForm result{form, {}};
    for (auto const& [key, values] : parameters)
        for (double value : values) result.numbers[key].push_back({value, {}});
    return result;
}

/// What the form asks for and a table did not give.
void read_numbers(Section const& section, std::vector<PotentialParameter> const& asked, bool lengths_are_positive,
                  NumberReader& numbers, ModelForm& result) {
    for (auto const& parameter : asked) {
        auto const& key = parameter.key;
        if (result.numbers.count(key) != 0) continue;
        Check<double> const check = lengths_are_positive && parameter.unit == "fm" ? positive() : Check<double>{};
        result.numbers[key] =
            parameter.is_list
                ? numbers.list(section, key, parameter.unit)
                : std::vector{numbers.number(section, key, parameter.unit, parameter.default_value, check)};
    }
}

template <class Make>
void try_to_make(Section const& section, NumberReader const& numbers, Make const& make) {
    if (!numbers.trial_is_known()) return;
    try {
        make();
    } catch (InputError const& error) {
        section.fail(section.has("preset") ? "preset" : "form", std::string("cannot be made: ") + error.what());
    }
}

/// Radii of sources are between a fraction of a fm and that of the largest nuclei.
void warn_of_size(Section const& section, PotentialParameters const& parameters, Communicator const& comm) {
    for (char const* key : {"r0_fm", "r0_second_fm"}) {
        auto const found = parameters.find(key);
        if (found == parameters.end()) continue;
        double const r0_fm = found->second.front();
        if (r0_fm < 0.05 || r0_fm > 30.0)
            warn_unless_allowed(section, key, doubts::source_size,
                                fmt::format("= {:.4g} fm is the size of no source of hadrons", r0_fm), comm);
    }
}

}  // namespace

PotentialPreset const& read_preset(Section const& section) { return found(section, "preset", potential_preset); }

ModelForm read_potential(Section const& section, Communicator const& comm, NumberReader& numbers,
                         double reduced_mass_MeV) {
    ModelForm result;
    if (section.has("preset")) {
        auto const& preset = read_preset(section);
        result = given(preset.form, preset.parameters);
    } else if (section.required<std::string>("form") == "spin_isospin_table") {
        result = given("gaussians_plus_pions", read_spin_isospin_table(section, comm));
    } else {
        auto const& form = found(section, "form", potential_form, ", spin_isospin_table");
        PotentialParameters table;
        if (form.name == "tabulated" && section.has("file"))
            read_table(section, comm, {"radii_fm", "values_MeV", "V_MeV", Dimension::energy}, table);
        result = given(form.name, table);
        read_numbers(section, form.parameters, false, numbers, result);
    }
    try_to_make(section, numbers, [&] { make_potential(result.form, result.at(numbers.trial()), reduced_mass_MeV); });
    return result;
}

ModelForm read_source(Section const& section, Communicator const& comm, NumberReader& numbers) {
    auto const& form = found(section, "form", source_form);
    PotentialParameters table;
    if (form.name == "tabulated" && section.has("file"))
        read_table(section, comm, {"radii_fm", "values_per_fm3", "S_per_fm3", Dimension::inverse_volume}, table);
    ModelForm result = given(form.name, table);
    read_numbers(section, form.parameters, true, numbers, result);
    try_to_make(section, numbers, [&] { make_source(result.form, result.at(numbers.trial())); });
    if (numbers.trial_is_known()) warn_of_size(section, result.at(numbers.trial()), comm);
    return result;
}

}  // namespace hadronforce
