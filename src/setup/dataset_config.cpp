#include "hadronforce/setup/dataset_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace hadronforce {
namespace {

/// Whether `name` is `full` or stands behind a point at its end.
bool names(std::string const& name, std::string const& full) {
    if (name == full) return true;
    auto const at = full.rfind("." + name);
    return at != std::string::npos && at + 1 + name.size() == full.size();
}

}  // namespace

std::vector<std::size_t> curves_named(std::vector<Quantity> const& all, std::string const& name) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (names(name, all[i].name)) found.push_back(i);
    return found;
}

namespace {

void read_curves(Section const& section, SampleFamily& family) {
    auto const& kind = *family.pair().kind;
    auto const all = kind.quantities().curves;
    if (!section.has("curves")) return;
    for (auto const& name : section.required<std::vector<std::string>>("curves")) {
        auto const found = curves_named(all, name);
        for (auto const i : found)
            if (std::find(family.curves.begin(), family.curves.end(), i) == family.curves.end())
                family.curves.push_back(i);
        if (found.empty())
            section.fail("curves",
                         fmt::format("names {}, which {} does not have; it has {}", name, kind.interaction_name(),
                                     all.empty() ? "none" : fmt::format("{}", fmt::join(names_of(all), ", "))));
    }
}

/// As they are called in `quantities`: "V" of the only one.
std::vector<std::string> names_of_potentials(SampleFamily const& family) {
    Eigen::VectorXd middle(static_cast<Eigen::Index>(family.free.size()));
    for (std::size_t i = 0; i < family.free.size(); ++i)
        middle[static_cast<Eigen::Index>(i)] = family.free[i].prior.quantile(0.5);
    auto const potentials = family.pair().kind->potentials(family.model().numbers_of(middle));
    std::vector<std::string> result;
    for (auto const& potential : potentials) result.push_back(potentials.size() == 1 ? "V" : potential.path + ".V");
    return result;
}

ChosenNumber chosen_number(Section const& section, SampleFamily const& family, std::string const& text) {
    auto const opening = text.rfind('(');
    char* end = nullptr;
    double const at = opening == std::string::npos ? 0.0 : std::strtod(text.c_str() + opening + 1, &end);
    if (opening == 0 || end == nullptr || end == text.c_str() + opening + 1 || std::string(end) != ")")
        section.fail("quantities", fmt::format("has {}; write NAME(NUMBER), as V(0.5) at 0.5 fm or delta_rad(60) at 60 "
                                               "MeV/c",
                                               text));
    auto const name = text.substr(0, opening);
    auto const curves = family.pair().kind->quantities().curves;
    auto const potentials = names_of_potentials(family);
    auto const potential = std::find(potentials.begin(), potentials.end(), name);
    auto const found = curves_named(curves, name);
    if (potential == potentials.end() && found.size() != 1)
        section.fail("quantities",
                     fmt::format("names {}, which {}; there are {}{}{}", name,
                                 found.empty() ? "there is not" : "may be several", fmt::join(potentials, ", "),
                                 potentials.empty() || curves.empty() ? "" : ", ", fmt::join(names_of(curves), ", ")));
    bool const is_potential = potential != potentials.end();
    if (!(std::isfinite(at) && (is_potential ? at >= 0.0 && at <= 1000.0 : at > 0.0 && at <= 1e5)))
        section.fail("quantities", fmt::format("has {}; {}", text,
                                               is_potential ? "radii lie between 0 and 1000 fm"
                                                            : "momenta are positive and at most 1e5 MeV/c"));
    if (is_potential)
        return {{text, "MeV", fmt::format("V at {:.6g} fm", at), false},
                true,
                static_cast<std::size_t>(potential - potentials.begin()),
                at};
    auto const& curve = curves[found.front()];
    return {
        {text, curve.unit, fmt::format("{} at {:.6g} MeV/c", curve.description, at), false}, false, found.front(), at};
}

}  // namespace

void read_kept_values(Section const& dataset, SampleFamily& family) {
    read_curves(dataset, family);
    if (!dataset.has("quantities")) return;
    for (auto const& text : dataset.required<std::vector<std::string>>("quantities", each(one_line()))) {
        auto number = chosen_number(dataset, family, text);
        for (auto const& known : family.numbers())
            if (known.name == number.quantity.name)
                dataset.fail("quantities", fmt::format("has {} twice", number.quantity.name));
        family.chosen.push_back(std::move(number));
    }
}

}  // namespace hadronforce
