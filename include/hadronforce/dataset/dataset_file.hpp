#pragma once

#include "hadronforce/storage/provenance.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace hadronforce {

inline constexpr std::int64_t dataset_format_version = 2;

/// Reads a dataset that `generate` wrote, without its failed samples: samples are counted as if these were not there.
/// All members are collective; see docs/dataset_format.md.
class DatasetFile {
  public:
    /// Throws InputError for a file that is not a complete dataset: foreign, truncated, of shapes that do not fit
    /// together.
    DatasetFile(Communicator const& comm, std::string const& path);

    std::int64_t samples() const noexcept { return samples_in_file_ - failed_samples(); }
    std::int64_t failed_samples() const noexcept { return static_cast<std::int64_t>(failed_.size()); }
    std::vector<std::string> const& names() const noexcept { return names_; }
    std::vector<std::string> const& units() const noexcept { return units_; }
    Eigen::ArrayXd const& k_star_MeV() const noexcept { return k_star_MeV_; }
    Provenance const& provenance() const noexcept { return provenance_; }
    std::string const& path() const noexcept { return file_.path(); }

    /// Rows, each rank its own. Throw InputError for a value that is not finite or a row that has not its checksum,
    /// naming the dataset and the file's row.
    RowMatrixXd parameters(IndexRange rows) const;   ///< rows x parameters
    RowMatrixXd correlation(IndexRange rows) const;  ///< rows x momenta

  private:
    RowMatrixXd sound_rows(std::string const& name, int checksum_column, IndexRange rows) const;
    /// The file's row of a sample.
    std::int64_t row_of(std::int64_t sample) const;

    File file_;
    Provenance provenance_;
    std::int64_t samples_in_file_ = 0;
    std::vector<std::int64_t> failed_;  ///< rows, upward
    std::vector<std::string> names_;
    std::vector<std::string> units_;
    Eigen::ArrayXd k_star_MeV_;
};

}  // namespace hadronforce
