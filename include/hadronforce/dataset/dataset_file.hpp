#pragma once

#include "hadronforce/dataset/measurement_parts.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "hadronforce/storage/raw_rows.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

enum ChecksumColumn : std::size_t;  ///< the parts of a sample, sample_rows.hpp

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
    /// What each parameter was drawn from, as describe(Prior) says it; empty in files of earlier versions.
    std::vector<std::string> const& prior_texts() const noexcept { return prior_texts_; }
    /// Of the quantities beside C.
    std::vector<std::string> const& number_names() const noexcept { return number_names_; }
    std::vector<std::string> const& number_units() const noexcept { return number_units_; }
    /// Of all measurements, one after the other.
    Eigen::ArrayXd const& k_star_MeV() const noexcept { return k_star_MeV_; }
    MeasurementParts const& measurements() const noexcept { return measurements_; }
    Provenance const& provenance() const noexcept { return provenance_; }
    /// Collective. Why samples of both do not belong to one family; empty where they do. Tolerances may differ.
    std::string difference_to(DatasetFile const& other) const;
    /// Collective. The first key in which the dataset's config differs from another's, for a message, but for `ignored`
    /// keys and what lies below them; empty where none does.
    std::string difference_to_config(std::string const& config, std::vector<std::string> ignored) const;
    std::string const& path() const noexcept { return file_.path(); }

    /// Rows, each rank its own. Throw InputError for a value that is not finite or a row that has not its checksum,
    /// naming the dataset and the file's row.
    RowMatrixXd parameters(IndexRange rows) const;   ///< rows x parameters
    RowMatrixXd correlation(IndexRange rows) const;  ///< rows x momenta
    RowMatrixXd numbers(IndexRange rows) const;      ///< rows x quantities; their checksums are not looked at

    /// Has this rank read rows without the others from now on, from any thread. Throws InputError for a file that
    /// RawRows refuses.
    void allow_reading_alone();
    /// Not collective: the same rows of this rank alone.
    RowMatrixXd parameters_alone(IndexRange rows) const;
    RowMatrixXd correlation_alone(IndexRange rows) const;
    RowMatrixXd numbers_alone(IndexRange rows) const;

  private:
    RowMatrixXd read(ChecksumColumn part, IndexRange rows) const;
    RowMatrixXd read_alone(ChecksumColumn part, IndexRange rows) const;
    /// `values` of rows of the file without those that failed, after the checks.
    RowMatrixXd sound(ChecksumColumn part, IndexRange in_file, RowMatrixXd values, RowMatrixXd const& sums) const;
    /// The file's row of a sample, and the rows in which some samples lie.
    std::int64_t row_of(std::int64_t sample) const;
    IndexRange rows_of(IndexRange samples) const;

    File file_;
    Provenance provenance_;
    std::int64_t samples_in_file_ = 0;
    std::vector<std::int64_t> failed_;  ///< rows, upward
    std::vector<std::string> names_;
    std::vector<std::string> units_;
    std::vector<std::string> prior_texts_, number_names_, number_units_;
    Eigen::ArrayXd k_star_MeV_;
    MeasurementParts measurements_;
    std::vector<RawRows> raw_;  ///< of each part
    std::optional<RawRows> raw_checksums_;
};

}  // namespace hadronforce
