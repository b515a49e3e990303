#pragma once

#include <optional>
#include <string_view>

namespace hadronforce {

/// A number as text files of data write it, in every locale: decimal digits with an optional sign, point and exponent,
/// whose letter may be Fortran's D (1.5D+03). nan, inf and infinity are read as what they are, and what is too large
/// for a double as infinite, so that they can be refused as such. None where the text is no number or has more than
/// one: 0x1, 1e5f, nan(1), "1 2", 1,5.
std::optional<double> decimal_number(std::string_view text);

}  // namespace hadronforce
