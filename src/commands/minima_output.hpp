#pragma once

#include "hadronforce/fit/starts.hpp"
#include "hadronforce/storage/file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// A line for each: "another minimum: b1_MeV = 3.2, b2_fm = 0.4; chi2 = 41.2". Empty where there is none.
std::vector<std::string> lines_of(std::vector<Minimum> const& minima, std::vector<std::string> const& names,
                                  std::string const& chi2_name);

/// Collective. /parameters/others and /parameters/others_CHI2_NAME; nothing where there is none.
void write_minima(File& file, std::vector<Minimum> const& minima, std::string const& units,
                  std::string const& chi2_name);

}  // namespace hadronforce
