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
    std::string unit;  ///< "MeV", "fm", "1"; one a column, comma-separated, where columns differ
    std::string description;
    std::vector<std::string> axes;  ///< one name an axis: {"sample", "k_star"}
};

/// What a dataset is, as `show` prints it.
struct DatasetSummary {
    std::string name;
    std::vector<std::int64_t> shape;
    std::string type;  ///< "float64", "float32", "int64", ...
    DatasetMeaning meaning;
};

/// An HDF5 file that all ranks of a communicator have open. Every member is collective and takes the same arguments on
/// every rank unless it says otherwise; raw data moves by collective MPI-IO. Bad input (a file or dataset that is
/// missing, foreign, truncated, of another shape or type) throws InputError, a disk that is full or refuses
/// std::runtime_error; messages name file and dataset, and all ranks throw alike.
class File {
  public:
    enum class Mode { create, read, read_write };

    /// `create` truncates what is there: give it a temporary name and `publish` when complete. `comm` must outlive the
    /// file. Room on the disk is reserved as datasets are created; where there is none, a file that was never
    /// flushed is removed.
    File(Communicator const& comm, std::string path, Mode mode);
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    /// Not collective: what was not closed is abandoned to the operating system, so that a rank can unwind alone.
    ~File();

    /// Writes everything out and closes.
    void close();
    /// Writes everything out, to the disk itself: a file that is killed later opens with what was flushed, as long as
    /// nothing but rows was written since.
    void flush();

    std::string const& path() const noexcept { return path_; }
    Communicator const& comm() const noexcept { return *comm_; }
    /// HDF5's identifier, valid until close(). Not collective.
    hid_t id() const noexcept { return id_; }

    /// Whether the last transfer of rows was collective, as HDF5 itself reports it. Not collective.
    bool last_transfer_was_collective() const noexcept { return last_transfer_was_collective_; }

    bool has(std::string const& name) const;
    std::vector<std::int64_t> shape(std::string const& name) const;
    /// All datasets, by name.
    std::vector<DatasetSummary> datasets() const;

    /// An empty dataset, contiguous and allocated at once, so that writing rows later changes no metadata. Parent
    /// groups are made as needed.
    void create_dataset(std::string const& name, std::vector<std::int64_t> const& shape, Precision precision,
                        DatasetMeaning const& meaning);
    /// Rows [rows.begin, rows.end); each rank brings its own, possibly none. `values` has rows.size() rows. A row is
    /// what lies under one index of the first dimension, last index fastest.
    void write_rows(std::string const& name, IndexRange rows, Eigen::Ref<RowMatrixXd const> const& values);
    /// Rows as double, each rank its own, possibly none. A one-dimensional dataset comes as one column.
    RowMatrixXd read_rows(std::string const& name, IndexRange rows) const;
    /// The whole dataset on every rank.
    RowMatrixXd read_all(std::string const& name) const;
    /// Creates a dataset and writes it whole.
    void write_all(std::string const& name, Eigen::Ref<RowMatrixXd const> const& values, Precision precision,
                   DatasetMeaning const& meaning);
    /// The same, one-dimensional.
    void write_vector(std::string const& name, std::vector<double> const& values, DatasetMeaning const& meaning);

    /// An empty group.
    void create_group(std::string const& name);

    /// Attributes of a group or dataset, at most 64 KiB each (texts of any length); "/" is the file.
    void set_attribute(std::string const& object, std::string const& name, std::string const& value);
    void set_attribute(std::string const& object, std::string const& name, char const* value);
    void set_attribute(std::string const& object, std::string const& name, double value);
    void set_attribute(std::string const& object, std::string const& name, std::int64_t value);
    void set_attribute(std::string const& object, std::string const& name, std::vector<std::string> const& values);
    void set_attribute(std::string const& object, std::string const& name, std::vector<double> const& values);
    bool has_attribute(std::string const& object, std::string const& name) const;
    std::vector<std::string> attribute_names(std::string const& object) const;
    /// What an attribute of any of these kinds holds, lists with commas between.
    std::string attribute_text(std::string const& object, std::string const& name) const;
    std::string string_attribute(std::string const& object, std::string const& name) const;
    double double_attribute(std::string const& object, std::string const& name) const;
    std::int64_t integer_attribute(std::string const& object, std::string const& name) const;
    std::vector<std::string> strings_attribute(std::string const& object, std::string const& name) const;
    std::vector<double> doubles_attribute(std::string const& object, std::string const& name) const;

  private:
    /// Throws on all ranks where `ok` is false on any: "path:name: what".
    void agree(bool ok, std::string const& name, std::string const& what, bool is_input_error) const;
    hdf5::Dataset open_dataset(std::string const& name) const;
    void transfer_rows(std::string const& name, IndexRange rows, double* values, bool write) const;
    /// Has the disk keep room for what is there and so much more. Called before HDF5 hears of it: HDF5 crashes or hangs
    /// where it cannot write its metadata on closing.
    void reserve(std::int64_t more_bytes);

    Communicator const* comm_;
    std::string path_;
    Mode mode_;
    hid_t id_ = H5I_INVALID_HID;
    std::int64_t expected_bytes_ = 0;  ///< rank 0: size with everything that was created so far
    bool was_flushed_ = false;
    mutable bool last_transfer_was_collective_ = false;
};

/// Collective. Whether rank 0 sees a file of that name.
bool file_exists(Communicator const& comm, std::string const& path);

/// Throws for `path`, which cannot be written for the reason `error` (an errno): InputError where another name or
/// folder mends it, std::runtime_error otherwise.
[[noreturn]] void throw_cannot_be_written(std::string const& path, int error);

/// Collective. Renames `from` to `to` on rank 0 after writing `from` to the disk; replaces `to`, or what it links to,
/// and keeps its permissions and, where allowed, its owner.
void publish(Communicator const& comm, std::string const& from, std::string const& to);

}  // namespace hadronforce
