#include "hadronforce/setup/measurement_sections.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

/// A measurement on top of what all have in common: whoever says anything of the forces says all of them.
Section on_top(Section const& root, Section const& own) {
    std::vector<std::string> const forces{"pair", "potential", "channels", "interaction", "coupled"};
    std::vector<std::string> hidden{"measurements", "dataset", "data", "output", "fit", "parameters"};
    std::size_t const always = hidden.size();
    for (auto const& key : forces)
        if (key != "pair" && own.has(key)) hidden.insert(hidden.end(), forces.begin(), forces.end());
    if (hidden.size() > always && !own.has("coupled"))  // the masses may be those of all
        hidden.erase(std::remove(hidden.begin(), hidden.end(), "pair"), hidden.end());
    if (own.has("coupled")) hidden.push_back("source");
    return own.over(root, hidden);
}

}  // namespace

std::vector<std::pair<std::string, Section>> measurement_sections(Section const& root) {
    Section const measurements = root.section("measurements");
    std::vector<std::pair<std::string, Section>> all;
    for (auto const& name : measurements.keys()) {
        if (!one_line()(name).empty() || name.find('/') != std::string::npos || name == "." || name == "..")
            measurements.fail(name,
                              "cannot be a measurement's name, which groups of the HDF5 file have: one line without /");
        all.emplace_back(name, on_top(root, measurements.section(name)));
    }
    if (all.empty()) root.fail("measurements", "is empty; give one measurement or more");
    return all;
}

}  // namespace hadronforce
