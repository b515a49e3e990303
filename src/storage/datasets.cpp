#include "hadronforce/error.hpp"
#include "hadronforce/storage/file.hpp"

#include <algorithm>
#include <stdexcept>

namespace hadronforce {
namespace {

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
        default:
            return "other";
    }
}

}  // namespace

bool File::has(std::string const& name) const {
    // H5Lexists wants every group on the way to exist.
    for (std::size_t slash = name.find('/', 1);; slash = name.find('/', slash + 1)) {
        if (H5Lexists(id_, name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
        if (slash == std::string::npos) return true;
    }
}

hdf5::Dataset File::open_dataset(std::string const& name) const {
    agree(has(name), name, "is missing; the file is not complete or not of the kind that is needed", true);
    hdf5::Dataset dataset(H5Dopen2(id_, name.c_str(), H5P_DEFAULT));
    agree(bool(dataset), name, "is not a dataset", true);
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
    hid_t const type = precision == Precision::float32 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
    hdf5::Dataset const dataset(
        H5Dcreate2(id_, name.c_str(), type, space.get(), links.get(), creation.get(), H5P_DEFAULT));
    agree(bool(dataset), name, "cannot be created; is the disk full?", false);
    set_attribute(name, "unit", meaning.unit);
    set_attribute(name, "description", meaning.description);
    set_attribute(name, "axes", meaning.axes);
}

void File::transfer_rows(std::string const& name, IndexRange rows, double* values, bool write) const {
    hdf5::Dataset const dataset = open_dataset(name);
    auto const extent = extent_of(dataset.get());
    bool const fits = (extent.size() == 1 || extent.size() == 2) && rows.begin >= 0 && rows.begin <= rows.end &&
                      rows.end <= static_cast<std::int64_t>(extent[0]);
    agree(fits, name, "has shape " + shape_text(extent) + ", which lacks the rows that are needed", true);
    hsize_t const columns = extent.size() == 2 ? extent[1] : 1;

    // One call moves less than 2 GiB (an MPI count); every rank makes as many calls.
    auto const rows_a_call = std::max<std::int64_t>(
        1, (std::int64_t{1} << 30) / static_cast<std::int64_t>(8 * std::max<hsize_t>(1, columns)));
    auto const calls = comm_->max((rows.size() + rows_a_call - 1) / rows_a_call);
    hdf5::PropertyList const transfer = collective_transfer();
    bool ok = true;
    for (std::int64_t call = 0; call < calls; ++call) {
        std::int64_t const begin = std::min(rows.end, rows.begin + call * rows_a_call);
        std::int64_t const end = std::min(rows.end, begin + rows_a_call);
        hsize_t const start[2] = {static_cast<hsize_t>(begin), 0};
        hsize_t const count[2] = {static_cast<hsize_t>(end - begin), columns};
        hdf5::Dataspace const file_space(H5Dget_space(dataset.get()));
        hdf5::Dataspace const memory_space(H5Screate_simple(static_cast<int>(extent.size()), count, nullptr));
        if (begin == end) {
            H5Sselect_none(file_space.get());
            H5Sselect_none(memory_space.get());
        } else {
            H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr);
        }
        double* const part =
            values + static_cast<std::ptrdiff_t>(begin - rows.begin) * static_cast<std::ptrdiff_t>(columns);
        herr_t const status =
            write
                ? H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, memory_space.get(), file_space.get(), transfer.get(), part)
                : H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, memory_space.get(), file_space.get(), transfer.get(), part);
        ok = ok && status >= 0;
    }
    if (write)
        agree(ok, name, "could not be written; is the disk full?", false);
    else
        agree(ok, name, "could not be read; the file is truncated or damaged, write it again", true);
}

void File::write_rows(std::string const& name, IndexRange rows, Eigen::Ref<RowMatrixXd const> const& values) {
    // HDF5 does not write through the pointer.
    transfer_rows(name, rows, const_cast<double*>(values.data()), true);
}

RowMatrixXd File::read_rows(std::string const& name, IndexRange rows) const {
    auto const extent = shape(name);
    RowMatrixXd values(std::max<std::int64_t>(0, rows.size()), extent.size() == 2 ? extent[1] : 1);
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
    write_rows(name, comm_->is_root() ? IndexRange{0, values.rows()} : IndexRange{}, values);
}

void File::write_vector(std::string const& name, std::vector<double> const& values, DatasetMeaning const& meaning) {
    auto const rows = static_cast<std::int64_t>(values.size());
    create_dataset(name, {rows}, Precision::float64, meaning);
    write_rows(name, comm_->is_root() ? IndexRange{0, rows} : IndexRange{},
               Eigen::Map<RowMatrixXd const>(values.data(), rows, 1));
}

void File::create_group(std::string const& name) {
    hdf5::PropertyList const links(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(links.get(), 1);
    hdf5::Group const group(H5Gcreate2(id_, name.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT));
    agree(bool(group), name, "cannot be created; is the disk full?", false);
}

std::vector<std::string> File::groups(std::string const& name) const {
    std::vector<std::string> names;
    if (!has(name)) return names;
    auto const collect = [](hid_t, char const* member, H5L_info_t const*, void* into) -> herr_t {
        static_cast<std::vector<std::string>*>(into)->push_back(member);
        return 0;
    };
    H5Literate_by_name(id_, name.c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names, H5P_DEFAULT);
    return names;
}

std::vector<DatasetSummary> File::datasets() const {
    std::vector<std::string> names;
    auto const collect = [](hid_t, char const* name, H5O_info_t const* info, void* into) -> herr_t {
        if (info->type == H5O_TYPE_DATASET)
            static_cast<std::vector<std::string>*>(into)->push_back(std::string("/") + name);
        return 0;
    };
    agree(H5Ovisit2(id_, H5_INDEX_NAME, H5_ITER_INC, collect, &names, H5O_INFO_BASIC) >= 0, "",
          "is truncated or damaged", true);
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
