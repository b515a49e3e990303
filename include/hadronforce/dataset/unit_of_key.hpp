#pragma once

#include <string>
#include <vector>

namespace hadronforce {

/// The unit with which a key or the name of an observable ends, "[2]" after it or a path before it left aside: "MeV
/// fm^2" for b3_MeV_fm2, "1/fm^2" for channels[0].waves[1].b2_per_fm2, "c/GeV" for baseline.linear_per_GeV (GeV stands
/// for momenta in GeV/c), "1" where it ends in none.
std::string unit_of_key(std::string const& key);

/// Those of all keys, with commas between.
std::string units_of_keys(std::vector<std::string> const& keys);

}  // namespace hadronforce
