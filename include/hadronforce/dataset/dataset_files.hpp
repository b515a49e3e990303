#pragma once

#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/storage/raw_rows.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// What is known of some samples.
struct SampleValues {
    RowMatrixXd parameters;                ///< samples x parameters
    RowMatrixXd correlation;               ///< samples x momenta
    RowMatrixXd numbers;                   ///< samples x SampleFamily::numbers
    std::vector<std::int64_t> which = {};  ///< numbers of the samples, of those that were solved; else empty
};

/// All rows of the parts, one after the other.
SampleValues joined(std::vector<SampleValues> const& parts);

/// Samples of several datasets of one family, one file's after the other's.
class DatasetFiles {
  public:
    /// Collective. Throws InputError for what DatasetFile refuses, and where two have not the same parameters,
    /// quantities and momenta.
    DatasetFiles(Communicator const& comm, std::vector<std::string> const& paths);

    std::int64_t samples() const noexcept { return begin_.back(); }
    std::int64_t failed_samples() const;
    DatasetFile const& first() const noexcept { return *files_.front(); }

    /// Collective: rows, each rank its own.
    SampleValues read(IndexRange samples) const;

    /// Not collective, from any thread, but not after this has gone: the same of this rank alone. Made by
    /// allow_reading_alone().
    SampleValues read_alone(IndexRange samples) const;
    /// Collective. Throws InputError for files that RawRows refuses.
    void allow_reading_alone();

  private:
    template <class Read>
    SampleValues of_files(IndexRange samples, bool skip_files_without, Read const& read) const;

    std::vector<std::unique_ptr<DatasetFile>> files_;
    std::vector<std::int64_t> begin_;  ///< of each, and of what would follow the last
};

}  // namespace hadronforce
