#pragma once

#include <optional>
#include <string>

namespace hadronforce {

/// What a column of a table may hold.
enum class Dimension { momentum, length, energy, inverse_volume };

/// A text in small letters without blanks and LaTeX's dress: "$\mathrm{GeV}/c$" is "gev/c", "k^{*}" is "k^*".
std::string undressed(std::string const& text);

/// The size of a unit in MeV/c, fm, MeV or 1/fm^3; momenta may be in 1/fm or, loosely, in GeV. None for what is no such
/// unit: GeV^-1 and GeV/c^2 are no momentum's, and "furlong" is nothing's.
std::optional<double> unit_size(std::string const& unit, Dimension dimension);

/// The unit of any dimension that a name states: "MeV/c" of "k* [MeV/c]", "k* in MeV/c", "k* / (MeV/c)" and "k* MeV/c",
/// "per_fm3" of "S_per_fm3", "GeV" of "k_GeV_low" and "VGeV"; empty where it states none.
std::string unit_in_name(std::string const& name);

/// Factor that turns a column into fm, MeV or 1/fm^3, by the unit in its name; 1 where that states none. Throws
/// InputError "where: ..." for a unit of another dimension, unless `unchecked`: then the factor is 1.
double factor_of_named_unit(std::string const& name, Dimension dimension, bool unchecked, std::string const& where);

}  // namespace hadronforce
