#pragma once

#include "hadronforce/storage/provenance.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace hadronforce {

inline constexpr std::int64_t dataset_format_version = 1;

/// Reads a dataset that `generate` wrote. All members are collective; see docs/dataset_format.md.
class DatasetFile {
  public:
    /// Throws InputError for a file that is not a complete dataset: foreign, truncated, of shapes that do not fit
    /// together.
    DatasetFile(Communicator const& comm, std::string const& path);

    std::int64_t samples() const noexcept { return samples_; }
    std::vector<std::string> const& names() const noexcept { return names_; }
    std::vector<std::string> const& units() const noexcept { return units_; }
    Eigen::ArrayXd const& k_star_MeV() const noexcept { return k_star_MeV_; }
    Provenance const& provenance() const noexcept { return provenance_; }
    std::string const& path() const noexcept { return file_.path(); }

    /// Rows, each rank its own. Throw InputError for a value that is not finite, naming the dataset and row.
    RowMatrixXd parameters(IndexRange rows) const;   ///< rows x parameters
    RowMatrixXd correlation(IndexRange rows) const;  ///< rows x momenta

  private:
    RowMatrixXd finite_rows(std::string const& name, IndexRange rows) const;

    File file_;
    Provenance provenance_;
    std::int64_t samples_ = 0;
    std::vector<std::string> names_;
    std::vector<std::string> units_;
    Eigen::ArrayXd k_star_MeV_;
};

}  // namespace hadronforce
