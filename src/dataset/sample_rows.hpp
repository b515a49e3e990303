#pragma once

#include "hadronforce/storage/file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Rows of a dataset's samples, as they lie in the file.
struct SampleRows {
    RowMatrixXd parameters;
    RowMatrixXd correlation;
    RowMatrixXd observables;
    RowMatrixXd curves;            ///< those of `/curves`, one after the other
    RowMatrixXd recomputed_waves;  ///< one column
    RowMatrixXd failed;            ///< one column: 1 for a sample that could not be computed, else 0
};

/// Columns of `/checksums`.
enum ChecksumColumn : std::size_t { of_parameters, of_correlation, of_the_rest, checksum_columns };

/// Of each row, whose numbers begin at `first`: 1 + CRC-32 of the row's number (int64) and the row's float64 numbers,
/// little-endian. Never 0, what a row that was not written holds.
Eigen::VectorXd checksums(Eigen::Ref<RowMatrixXd const> const& rows, std::int64_t first);

/// Collective; each rank its own rows, possibly none. The checksums come last, so that rows which have theirs were
/// written whole. Correlations and curves are rounded first where the file keeps them in single precision.
/// `curves`: names of those in `/curves`.
void write_sample_rows(File& file, IndexRange rows, SampleRows& values, Precision precision,
                       std::vector<std::string> const& curves);

/// Collective; each rank its own rows, possibly none.
SampleRows read_sample_rows(File const& file, IndexRange rows, std::vector<std::string> const& curves);

/// Collective. Of each of `rows`: whether its checksums are those of what is there.
Eigen::Array<bool, Eigen::Dynamic, 1> are_whole(File const& file, IndexRange rows, SampleRows const& values);

/// Collective. Indices of the failed samples, upward, the same on all ranks.
std::vector<std::int64_t> failed_samples(File const& file);

}  // namespace hadronforce
