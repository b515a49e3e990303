#include "hadronforce/dataset/unit_of_key.hpp"

#include <algorithm>
#include <array>

namespace hadronforce {
namespace {

struct Unit {
    std::string name, power;
};

/// "fm3" is {fm, ^3}; an empty name where the text is no unit.
Unit unit_of(std::string const& text) {
    std::size_t const digits = std::min(text.find_first_of("23456789"), text.size());
    std::array const known{"MeV", "GeV", "fm", "rad"};
    std::string const name = text.substr(0, digits), power = text.substr(digits);
    if (std::find(known.begin(), known.end(), name) == known.end() || power.size() > 1) return {};
    return {name, power.empty() ? "" : "^" + power};
}

}  // namespace

std::string unit_of_key(std::string const& key) {
    std::string name = !key.empty() && key.back() == ']' ? key.substr(0, key.rfind('[')) : key;
    name = name.substr(name.rfind('.') + 1);
    std::string above, below;
    // From the end: units, and what they divide. The first word is the name.
    for (auto cut = name.rfind('_'); cut != std::string::npos && cut > 0; cut = name.rfind('_')) {
        std::string const word = name.substr(cut + 1);
        auto const unit = unit_of(word);
        if (word == "per" && !above.empty() && below.empty()) {
            // Momenta are counted in GeV/c.
            bool const momentum = above.rfind("GeV", 0) == 0;
            below = (momentum ? "c" + above.substr(3) : "1") + "/" + above;
            above.clear();
        } else if (!unit.name.empty()) {
            above = unit.name + unit.power + (above.empty() ? "" : " " + above);
        } else {
            break;
        }
        name.resize(cut);
    }
    if (below.empty()) return above.empty() ? "1" : above;
    return above.empty() ? below : above + below.substr(1);
}

std::string units_of_keys(std::vector<std::string> const& keys) {
    std::string units;
    for (auto const& key : keys) units += (units.empty() ? "" : ", ") + unit_of_key(key);
    return units;
}

}  // namespace hadronforce
