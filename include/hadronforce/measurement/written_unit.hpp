#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace hadronforce {

/// What a column of a table may hold.
enum class Dimension { momentum, length, energy, inverse_volume, energy_density };

/// Longer texts are neither names nor units. std::regex, which recurses, overflows the stack at some ten thousand.
constexpr std::size_t longest_name = 1000;

/// A text in small letters without blanks and LaTeX's dress: "$\mathrm{GeV}/c$" is "gev/c", "k^{*}" is "k^*".
std::string undressed(std::string const& text);

/// The size of a unit in MeV/c, fm, MeV, 1/fm^3 or MeV/fm^3; momenta may be in 1/fm or, loosely, in GeV. None for what
/// is no such unit: GeV^-1 and GeV/c^2 are no momentum's, and "furlong" is nothing's.
std::optional<double> unit_size(std::string const& unit, Dimension dimension);

/// The unit of any dimension that a name states: "MeV/c" of "k* [MeV/c]", "k* in MeV/c", "k* / (MeV/c)" and "k* MeV/c",
/// "per_fm3" of "S_per_fm3", "GeV" of "k_GeV_low" and "VGeV"; empty where it states none.
std::string unit_in_name(std::string const& name);

/// Factor that turns numbers in a unit into that of unit_size; 1 where it is empty, and for densities in any other,
/// which need a shape alone. Throws InputError "where: name is in ..." for a unit of another dimension or an unknown
/// one, unless `unchecked`: then the factor is 1.
double factor_of_unit(std::string const& name, std::string const& unit, Dimension dimension, bool unchecked,
                      std::string const& where);

}  // namespace hadronforce
