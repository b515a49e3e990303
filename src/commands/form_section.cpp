#include "commands/form_section.hpp"

#include "commands/table_config.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"

namespace hadronforce {
namespace {

template <class Find>
auto const& found(Section const& section, std::string const& key, Find const& find) {
    auto const name = section.required<std::string>(key);
    try {
        return find(name);
    } catch (InputError const& error) {
        section.fail(key, std::string("is not known: ") + error.what());
    }
}

}  // namespace

NamedForm read_potential_form(Section const& section, Communicator const& comm) {
    if (section.has("preset")) {
        auto const& published = found(section, "preset", potential_preset);
        return {published.form, published.parameters, true};
    }
    if (section.required<std::string>("form") == "spin_isospin_table")
        return {"gaussians_plus_pions", read_spin_isospin_table(section, comm), true};
    NamedForm named{found(section, "form", potential_form).name, {}};
    if (named.form == "tabulated" && section.has("file"))
        read_table(section, comm, {"radii_fm", "values_MeV", "V_MeV"}, named.given);
    return named;
}

NamedForm read_source_form(Section const& section, Communicator const& comm) {
    NamedForm named{found(section, "form", source_form).name, {}};
    if (named.form == "tabulated" && section.has("file"))
        read_table(section, comm, {"radii_fm", "values_per_fm3", "S_per_fm3"}, named.given);
    return named;
}

std::string naming_key(Section const& section) { return section.has("preset") ? "preset" : "form"; }

}  // namespace hadronforce
