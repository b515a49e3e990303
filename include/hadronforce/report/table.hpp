#pragma once

#include "hadronforce/storage/file.hpp"

#include <Eigen/Core>

#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// Numbers of one meaning, one a line of a table.
struct TableColumn {
    std::string name;  ///< at the head of a CSV; empty: not in it
    Eigen::ArrayXd values;
    std::string unit;
    std::string description;
    std::string dataset{};  ///< in an HDF5 file, "/correlation"; empty: not in it
    int digits = 12;        ///< of the CSV, which a file has whole
};

/// Columns of equal length, written as a CSV and as datasets of an HDF5 file.
class Table {
  public:
    /// `axis`: what its lines are, as files call it: "k_star".
    explicit Table(std::string axis) : axis_(std::move(axis)) {}

    void add(TableColumn column) { columns_.push_back(std::move(column)); }
    void add_first(TableColumn column) { columns_.insert(columns_.begin(), std::move(column)); }
    /// A line of the CSV between its head and its numbers, "# " before it.
    void comment(std::string const& line) { comments_ += "# " + line + "\n"; }

    std::string csv() const { return head() + comments_ + lines(); }
    std::string head() const;   ///< names of the columns, with the end of the line
    std::string lines() const;  ///< the numbers alone
    /// Collective. All columns that have a dataset.
    void write(File& file) const;

  private:
    std::string axis_;
    std::string comments_;
    std::vector<TableColumn> columns_;
};

}  // namespace hadronforce
