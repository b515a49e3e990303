#pragma once

#include "hadronforce/storage/file.hpp"

#include <memory>
#include <string>

namespace hadronforce {

/// Rows of a dataset that are read without HDF5 and without other ranks, so that a thread may while others work.
class RawRows {
  public:
    /// Collective. Throws InputError for a dataset that HDF5 keeps in pieces (chunks), or whose numbers are not float32
    /// or float64, little-endian.
    RawRows(File const& file, std::string const& name);

    std::int64_t rows() const noexcept { return rows_; }
    std::int64_t columns() const noexcept { return columns_; }

    /// Not collective; from any thread. Throws InputError where the file has become shorter or cannot be read.
    RowMatrixXd read(IndexRange rows) const;

  private:
    std::string where_;                      ///< file and dataset
    std::shared_ptr<int const> descriptor_;  ///< of the open file, closed with the last of these
    std::int64_t offset_ = 0;                ///< of the first row, bytes
    std::int64_t rows_ = 0, columns_ = 0;
    Precision precision_ = Precision::float64;
};

}  // namespace hadronforce
