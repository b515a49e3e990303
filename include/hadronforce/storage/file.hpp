#pragma once

#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parallel/work_split.hpp"
#include "hadronforce/storage/handle.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

using RowMatrixXd = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

enum class Precision { float32, float64 };

/// What every dataset carries beside its numbers.
struct DatasetMeaning {
    std::string unit;         ///< "MeV", "fm", "1"; one entry a column, comma-separated, where columns differ
    std::string description;
    std::vector<std::string> axes;  ///< one name an axis: {"sample", "k_star"}
};

/// An HDF5 file opened by all ranks of a communicator (MPI-IO; every access is collective).
/// Every member is collective unless it says otherwise. Errors throw InputError (a file or dataset that is not there, of
/// another type or shape, or truncated; the message names file, dataset and what to do) or std::runtime_error (the disk
/// is full or the system refuses; errno's text included).
class File {
  public:
    enum class Mode { create, read, read_write };

    /// `create` truncates; write to `name.part` and rename with `publish` when the file is complete.
    File(Communicator const& comm, std::string path, Mode mode);
    File(File&&) noexcept;
    File& operator=(File&&) noexcept = delete;
    /// Closes without reporting; only for a file that was closed already or while unwinding.
    ~File();

    /// Flushes and closes; throws std::runtime_error where the file could not be written out. All ranks agree.
    void close();

    std::string const& path() const noexcept { return path_; }
    Communicator const& comm() const noexcept { return *comm_; }
    hid_t id() const noexcept { return id_; }

    bool has(std::string const& name) const;
    /// Shape of a dataset.
    std::vector<std::int64_t> shape(std::string const& name) const;

    /// Creates a dataset of the given shape; parent groups are made as needed. 1-D or 2-D.
    void create_dataset(std::string const& name, std::vector<std::int64_t> const& shape, Precision precision,
                        DatasetMeaning const& meaning);
    /// Writes the rows [rows.begin, rows.end) of a 1-D or 2-D dataset; each rank brings its own rows, possibly none.
    void write_rows(std::string const& name, IndexRange rows, Eigen::Ref<RowMatrixXd const> const& values);
    /// Reads rows as double, each rank its own; empty ranges allowed. A 1-D dataset comes as one column.
    RowMatrixXd read_rows(std::string const& name, IndexRange rows) const;
    /// The same whole dataset on every rank.
    RowMatrixXd read_all(std::string const& name) const;
    /// Creates and writes a whole small dataset from rank 0's values (all ranks pass the same shape).
    void write_all(std::string const& name, Eigen::Ref<RowMatrixXd const> const& values, Precision precision,
                   DatasetMeaning const& meaning);
    /// Like write_all, one-dimensional.
    void write_vector(std::string const& name, std::vector<double> const& values, DatasetMeaning const& meaning);

    /// Attributes of a group or dataset ("/" for the file). Variable-length UTF-8 strings, doubles, 64-bit integers.
    void set_attribute(std::string const& object, std::string const& name, std::string const& value);
    void set_attribute(std::string const& object, std::string const& name, double value);
    void set_attribute(std::string const& object, std::string const& name, std::int64_t value);
    void set_attribute(std::string const& object, std::string const& name, std::vector<std::string> const& values);
    void set_attribute(std::string const& object, std::string const& name, std::vector<double> const& values);
    bool has_attribute(std::string const& object, std::string const& name) const;
    std::string string_attribute(std::string const& object, std::string const& name) const;
    double double_attribute(std::string const& object, std::string const& name) const;
    std::int64_t integer_attribute(std::string const& object, std::string const& name) const;
    std::vector<std::string> strings_attribute(std::string const& object, std::string const& name) const;
    std::vector<double> doubles_attribute(std::string const& object, std::string const& name) const;

    /// Flushes to disk.
    void flush();

  private:
    Communicator const* comm_;
    std::string path_;
    hid_t id_ = H5I_INVALID_HID;
};

/// Collective. Renames `path.part` to `path` on rank 0 (after fsync); all ranks agree on the outcome.
void publish(Communicator const& comm, std::string const& path);

}  // namespace hadronforce
