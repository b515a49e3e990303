#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/file.hpp"
#include "storage/crash_guard.hpp"

#include <algorithm>
#include <stdexcept>

namespace hadronforce {
namespace {

/// What HDF5 needs to describe a dataset, with its attributes' heap.
constexpr std::int64_t dataset_header_bytes = 8192;

hdf5::PropertyList collective_transfer() {
    hdf5::PropertyList transfer(H5Pcreate(H5P_DATASET_XFER));
    H5Pset_dxpl_mpio(transfer.get(), H5FD_MPIO_COLLECTIVE);
    return transfer;
}

std::vector<hsize_t> extent_of(hid_t dataset) {
    hdf5::Dataspace const space(H5Dget_space(dataset));
    std::vector<hsize_t> extent(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space.get()))));
    H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
    return extent;
}

std::string shape_text(std::vector<hsize_t> const& extent) {
    std::string text;
    for (hsize_t n : extent) text += (text.empty() ? "" : " x ") + std::to_string(n);
    return text;
}

/// Values a row: a row is what lies under one index of the first dimension.
std::int64_t columns_of(std::vector<std::int64_t> const& shape) {
    std::int64_t columns = 1;
    for (std::size_t i = 1; i < shape.size(); ++i) columns *= shape[i];
    return columns;
}

/// Whether these are numbers that read as double.
bool is_numeric(hid_t dataset) {
    hdf5::Datatype const type(H5Dget_type(dataset));
    auto const type_class = H5Tget_class(type.get());
    return type_class == H5T_FLOAT || type_class == H5T_INTEGER;
}

/// Whether numbers are kept as float. HDF5 gives up collective transfer where it has to convert, so we convert.
bool is_float32(hid_t dataset) {
    hdf5::Datatype const type(H5Dget_type(dataset));
    return H5Tequal(type.get(), H5T_NATIVE_FLOAT) > 0;
}

std::string type_name(hid_t dataset) {
    hdf5::Datatype const type(H5Dget_type(dataset));
    std::string const bits = std::to_string(8 * H5Tget_size(type.get()));
    switch (H5Tget_class(type.get())) {
        case H5T_FLOAT:
            return "float" + bits;
        case H5T_INTEGER:
            return "int" + bits;
        case H5T_STRING:
            return "string";
        case H5T_COMPOUND:
            return "compound values";
        default:
            return "other";
    }
}

/// What is wrong with the place where a dataset keeps its numbers; empty if nothing is. What it claims to hold must fit
/// into the file, before anybody makes room in memory for it.
std::string problem_of_storage(hid_t file, hid_t dataset) {
    hdf5::PropertyList const creation(H5Dget_create_plist(dataset));
    auto const layout = H5Pget_layout(creation.get());
    if (layout == H5D_VIRTUAL || H5Pget_external_count(creation.get()) > 0)
        return "keeps its numbers in other files; copy them into this one";
    hdf5::Datatype const type(H5Dget_type(dataset));
    double claimed = static_cast<double>(H5Tget_size(type.get()));
    for (hsize_t n : extent_of(dataset)) claimed *= static_cast<double>(n);
    hsize_t file_bytes = 0;
    if (H5Fget_filesize(file, &file_bytes) < 0) return "";  // HDF5 forgets it once rows were written
    auto const bytes = static_cast<double>(file_bytes);
    constexpr double most_compressed = 1100.0;  // zlib's best is 1032
    bool fits = claimed <= (layout == H5D_CHUNKED ? most_compressed : 1.0) * bytes;
    if (auto const begin = H5Dget_offset(dataset); fits && layout == H5D_CONTIGUOUS && begin != HADDR_UNDEF)
        fits = static_cast<double>(begin) + claimed <= bytes;
    return fits ? "" : "claims to hold more than the file does; the file is damaged, write it again";
}

}  // namespace

bool File::has(std::string const& name) const {
    CrashGuard const guard(*comm_, path_);
    // H5Lexists wants every group on the way to exist.
    for (std::size_t slash = name.find('/', 1);; slash = name.find('/', slash + 1)) {
        if (H5Lexists(id_, name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
        if (slash == std::string::npos) return true;
    }
}

hdf5::Dataset File::open_dataset(std::string const& name) const {
    agree(has(name), name, "is missing; the file is not complete or not of the kind that is needed", true);
    hdf5::Dataset dataset;
    std::string problem;
    {
        CrashGuard const guard(*comm_, path_);
        dataset = hdf5::Dataset(H5Dopen2(id_, name.c_str(), H5P_DEFAULT));
        if (dataset && mode_ != Mode::create) problem = problem_of_storage(id_, dataset.get());
    }
    agree(bool(dataset), name, "is not a dataset, or is damaged", true);
    agree(problem.empty(), name, problem, true);
    return dataset;
}

std::vector<std::int64_t> File::shape(std::string const& name) const {
    auto const extent = extent_of(open_dataset(name).get());
    return {extent.begin(), extent.end()};
}

void File::create_dataset(std::string const& name, std::vector<std::int64_t> const& shape, Precision precision,
                          DatasetMeaning const& meaning) {
    std::vector<hsize_t> const extent(shape.begin(), shape.end());
    hdf5::Dataspace const space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr));
    hdf5::PropertyList const links(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(links.get(), 1);
    hdf5::PropertyList const creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
    H5Pset_obj_track_times(creation.get(), false);  // metadata must not change with rows
    hid_t const type = precision == Precision::float32 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
    reserve(H5Sget_simple_extent_npoints(space.get()) * static_cast<std::int64_t>(H5Tget_size(type)) +
            dataset_header_bytes);
    hdf5::Dataset const dataset(
        H5Dcreate2(id_, name.c_str(), type, space.get(), links.get(), creation.get(), H5P_DEFAULT));
    agree(bool(dataset), name, "cannot be created", false);
    set_attribute(name, "unit", meaning.unit);
    set_attribute(name, "description", meaning.description);
    set_attribute(name, "axes", meaning.axes);
}

void File::transfer_rows(std::string const& name, IndexRange rows, double* values, bool write) const {
    hdf5::Dataset const dataset = open_dataset(name);
    auto const extent = extent_of(dataset.get());
    agree(is_numeric(dataset.get()), name, "holds " + type_name(dataset.get()) + "; numbers are needed", true);
    agree(!extent.empty(), name, "is a single number; rows of numbers are needed", true);
    bool const fits = rows.begin >= 0 && rows.begin <= rows.end && rows.end <= static_cast<std::int64_t>(extent[0]);
    agree(fits, name, "has shape " + shape_text(extent) + ", which lacks the rows that are needed", true);
    auto const columns = static_cast<hsize_t>(columns_of({extent.begin(), extent.end()}));

    // One call moves less than 2 GiB (an MPI count); every rank makes as many calls.
    auto const rows_a_call = std::max<std::int64_t>(
        1, (std::int64_t{1} << 30) / static_cast<std::int64_t>(8 * std::max<hsize_t>(1, columns)));
    auto const calls = comm_->max((rows.size() + rows_a_call - 1) / rows_a_call);
    hdf5::PropertyList const transfer = collective_transfer();
    bool const narrow = is_float32(dataset.get());
    hid_t const type = narrow ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
    Eigen::ArrayXf floats;
    bool ok = true;
    for (std::int64_t call = 0; call < calls; ++call) {
        std::int64_t const begin = std::min(rows.end, rows.begin + call * rows_a_call);
        std::int64_t const end = std::min(rows.end, begin + rows_a_call);
        std::vector<hsize_t> start(extent.size(), 0);
        start[0] = static_cast<hsize_t>(begin);
        std::vector<hsize_t> count = extent;
        count[0] = static_cast<hsize_t>(end - begin);
        hdf5::Dataspace const file_space(H5Dget_space(dataset.get()));
        hdf5::Dataspace const memory_space(H5Screate_simple(static_cast<int>(extent.size()), count.data(), nullptr));
        if (begin == end) {
            H5Sselect_none(file_space.get());
            H5Sselect_none(memory_space.get());
        } else {
            H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
        }
        auto const values_in_part = static_cast<Eigen::Index>(end - begin) * static_cast<Eigen::Index>(columns);
        Eigen::Map<Eigen::ArrayXd> part(values + (begin - rows.begin) * static_cast<std::int64_t>(columns),
                                        values_in_part);
        if (narrow) floats.resize(values_in_part);
        if (narrow && write) floats = part.cast<float>();
        void* const memory = narrow ? static_cast<void*>(floats.data()) : part.data();
        auto const read = [&] {
            CrashGuard const guard(*comm_, path_, CrashGuard::Reads::rows);
            return H5Dread(dataset.get(), type, memory_space.get(), file_space.get(), transfer.get(), memory);
        };
        herr_t const status =
            write ? H5Dwrite(dataset.get(), type, memory_space.get(), file_space.get(), transfer.get(), memory)
                  : read();
        if (narrow && !write) part = floats.cast<double>();
        ok = ok && status >= 0;
    }
    H5D_mpio_actual_io_mode_t mode = H5D_MPIO_NO_COLLECTIVE;
    H5Pget_mpio_actual_io_mode(transfer.get(), &mode);
    last_transfer_was_collective_ = mode != H5D_MPIO_NO_COLLECTIVE;
    if (write)
        agree(ok, name, "could not be written", false);
    else
        agree(ok, name, "could not be read; the file is truncated or damaged, write it again", true);
}

void File::write_rows(std::string const& name, IndexRange rows, Eigen::Ref<RowMatrixXd const> const& values) {
    auto const extent = shape(name);
    auto const columns = columns_of(extent);
    hadronforce::agree(*comm_, [&] {
        if (values.rows() != rows.size() || (rows.size() > 0 && values.cols() != columns))
            throw std::logic_error(path_ + ":" + name + ": the rows that were given do not fit");
    });
    // Rows of a wider matrix lie apart. HDF5 does not write through the pointer.
    RowMatrixXd const together = values.outerStride() == values.cols() ? RowMatrixXd() : RowMatrixXd(values);
    transfer_rows(name, rows, const_cast<double*>(together.size() > 0 ? together.data() : values.data()), true);
}

RowMatrixXd File::read_rows(std::string const& name, IndexRange rows) const {
    auto const extent = shape(name);
    RowMatrixXd values(std::max<std::int64_t>(0, rows.size()), columns_of(extent));
    transfer_rows(name, rows, values.data(), false);
    return values;
}

RowMatrixXd File::read_all(std::string const& name) const {
    auto const extent = shape(name);
    return read_rows(name, {0, extent.empty() ? 0 : extent[0]});
}

void File::write_all(std::string const& name, Eigen::Ref<RowMatrixXd const> const& values, Precision precision,
                     DatasetMeaning const& meaning) {
    create_dataset(name, {values.rows(), values.cols()}, precision, meaning);
    IndexRange const rows{0, comm_->is_root() ? values.rows() : 0};
    write_rows(name, rows, values.topRows(rows.size()));
}

void File::write_vector(std::string const& name, std::vector<double> const& values, DatasetMeaning const& meaning) {
    create_dataset(name, {static_cast<std::int64_t>(values.size())}, Precision::float64, meaning);
    IndexRange const rows{0, comm_->is_root() ? static_cast<std::int64_t>(values.size()) : 0};
    write_rows(name, rows, Eigen::Map<RowMatrixXd const>(values.data(), rows.size(), 1));
}

void File::create_group(std::string const& name) {
    hdf5::PropertyList const links(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(links.get(), 1);
    hdf5::Group const group(H5Gcreate2(id_, name.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT));
    agree(bool(group), name, "cannot be created", false);
}

std::vector<DatasetSummary> File::datasets() const {
    std::vector<std::string> names;
    auto const collect = [](hid_t, char const* name, H5O_info_t const* info, void* into) -> herr_t {
        if (info->type == H5O_TYPE_DATASET)
            static_cast<std::vector<std::string>*>(into)->push_back(std::string("/") + name);
        return 0;
    };
    bool const visited = [&] {
        CrashGuard const guard(*comm_, path_);
        return H5Ovisit2(id_, H5_INDEX_NAME, H5_ITER_INC, collect, &names, H5O_INFO_BASIC) >= 0;
    }();
    agree(visited, "", "is truncated or damaged", true);
    std::vector<DatasetSummary> all;
    for (auto const& name : names) {
        DatasetSummary summary{name, shape(name), type_name(open_dataset(name).get()), {}};
        if (has_attribute(name, "unit")) summary.meaning.unit = string_attribute(name, "unit");
        if (has_attribute(name, "description")) summary.meaning.description = string_attribute(name, "description");
        if (has_attribute(name, "axes")) summary.meaning.axes = strings_attribute(name, "axes");
        all.push_back(std::move(summary));
    }
    return all;
}

}  // namespace hadronforce
