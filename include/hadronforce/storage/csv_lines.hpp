#pragma once

#include <string>
#include <vector>

namespace hadronforce {

/// The lines of a text in UTF-8, with or without a byte-order mark, which end in LF, CR LF or CR alone. Not collective.
/// Throws InputError "path: ..." for a file that cannot be read and for UTF-16 or UTF-32, which it names.
std::vector<std::string> read_lines(std::string const& path);

/// What separates the cells under a header line: the comma where it has one, else the semicolon or the TAB that it has.
char separator_of(std::string const& header);

/// The cells of a line, without the blanks around them. Cells may stand in quotes, with separators and doubled quotes
/// inside.
std::vector<std::string> cells_of(std::string const& line, char separator);

}  // namespace hadronforce
