#include "hadronforce/storage/raw_rows.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hadronforce {
namespace {

std::shared_ptr<int const> opened(std::string const& path) {
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw InputError(fmt::format("{}: cannot be read ({})", path, std::strerror(errno)));
    return {new int(descriptor), [](int const* d) {
                ::close(*d);
                delete d;
            }};
}

}  // namespace

RawRows::RawRows(File const& file, std::string const& name) : where_(file.path() + ":" + name) {
    auto const shape = file.shape(name);
    rows_ = shape.empty() ? 0 : shape[0];
    columns_ = 1;
    for (std::size_t i = 1; i < shape.size(); ++i) columns_ *= shape[i];
    agree(file.comm(), [&] {
        hdf5::Dataset const dataset(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT));
        hdf5::PropertyList const layout(H5Dget_create_plist(dataset.get()));
        haddr_t const offset = H5Dget_offset(dataset.get());
        if (H5Pget_layout(layout.get()) != H5D_CONTIGUOUS || H5Pget_external_count(layout.get()) != 0 ||
            (offset == HADDR_UNDEF && rows_ * columns_ > 0))
            throw InputError(where_ +
                             ": is not in one piece, as `generate` writes it; make it so with "
                             "h5repack -l CONTI, or read it with dataset.training_from: memory");
        hdf5::Datatype const type(H5Dget_type(dataset.get()));
        if (H5Tequal(type.get(), H5T_IEEE_F32LE) > 0)
            precision_ = Precision::float32;
        else if (H5Tequal(type.get(), H5T_IEEE_F64LE) <= 0)
            throw InputError(where_ + ": is neither float32 nor float64, as `generate` writes it");
        offset_ = static_cast<std::int64_t>(offset);
        descriptor_ = opened(file.path());
    });
}

RowMatrixXd RawRows::read(IndexRange rows) const {
    RowMatrixXd values(rows.size(), columns_);
    bool const narrow = precision_ == Precision::float32;
    Eigen::ArrayXf floats(narrow ? values.size() : 0);
    auto* const memory = narrow ? reinterpret_cast<char*>(floats.data()) : reinterpret_cast<char*>(values.data());
    std::int64_t const width = narrow ? 4 : 8, bytes = values.size() * width;
    for (std::int64_t done = 0; done < bytes;) {
        auto const read = ::pread(*descriptor_, memory + done, static_cast<std::size_t>(bytes - done),
                                  offset_ + rows.begin * columns_ * width + done);
        if (read < 0 && errno == EINTR) continue;
        if (read <= 0)
            throw InputError(fmt::format("{}: row {} could not be read ({}); the file is truncated or damaged", where_,
                                         rows.begin + done / (columns_ * width),
                                         read == 0 ? "it ends before" : std::strerror(errno)));
        done += read;
    }
    if (narrow) Eigen::Map<Eigen::ArrayXd>(values.data(), values.size()) = floats.cast<double>();
    return values;
}

}  // namespace hadronforce
