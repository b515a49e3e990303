#pragma once

#include "hadronforce/storage/file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Numbers under named columns, from a file separated by commas, or by the semicolons or TABs that its header has.
/// Lines that start with '#' and empty lines are skipped; the first other line names the columns.
struct CsvTable {
    std::string path;
    std::vector<std::string> names;
    int names_line = 0;  ///< of the line that names the columns
    RowMatrixXd values;
    std::vector<int> lines;  ///< line of each row in the file

    /// Index of a column. Throws InputError with the columns there are.
    Eigen::Index column(std::string const& name) const;
    bool has(std::string const& name) const;
    /// "path:line" of a row.
    std::string where(Eigen::Index row) const;
    /// "path:line" of the names.
    std::string where_names() const;
};

/// Not collective. Throws InputError "path:line: ..." for a file that cannot be read, a column named twice, a hole, a
/// text or a number that is not finite, a row of another length, a file without rows, and what read_lines refuses.
CsvTable read_csv(std::string const& path);

}  // namespace hadronforce
