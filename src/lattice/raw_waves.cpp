#include "hadronforce/lattice/raw_waves.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/storage/file.hpp"
#include "lattice/compressed_a1.hpp"
#include "lattice/raw_bytes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hadronforce {
namespace {

Eigen::ArrayXd read_big_endian(std::string const& path, CubicOrbits const& orbits) {
    Eigen::Index const extent = orbits.extent();
    Eigen::Index const sites = extent * extent * extent;
    std::string const bytes = read_bytes(path, static_cast<std::size_t>(16 * sites));
    if (bytes.size() != static_cast<std::size_t>(16 * sites))
        throw InputError(
            fmt::format("{}: has {} bytes; L = {} needs {} (z, y, x, re/im), is it truncated or of another "
                        "lattice?",
                        path, bytes.size(), extent, 16 * sites));
    Eigen::ArrayXd field(sites);
    for (Eigen::Index site = 0; site < sites; ++site) field[site] = big_endian_double(bytes.data() + 16 * site);
    return orbits.project(field);
}

Eigen::ArrayXd read_hdf5(Communicator const& self, std::string const& path, std::string const& dataset,
                         CubicOrbits const& orbits) {
    File const file(self, path, File::Mode::read);
    std::int64_t const extent = orbits.extent();
    auto const shape = file.shape(dataset);
    std::vector<std::int64_t> const real{extent, extent, extent}, complex{extent, extent, extent, 2};
    if (shape != real && shape != complex)
        throw InputError(fmt::format("{}:{}: has shape {}; {} (z, y, x) or {} (z, y, x, re/im) is needed", path,
                                     dataset, fmt::join(shape, " x "), fmt::join(real, " x "),
                                     fmt::join(complex, " x ")));
    RowMatrixXd const values = file.read_all(dataset);
    Eigen::Index const stride = shape == complex ? 2 : 1;
    using RealParts = Eigen::Map<Eigen::ArrayXd const, 0, Eigen::InnerStride<>>;
    Eigen::ArrayXd const field = RealParts(values.data(), values.size() / stride, Eigen::InnerStride<>(stride));
    return orbits.project(field);
}

}  // namespace

std::string read_bytes(std::string const& path, std::size_t most) {
    std::error_code unknown;
    auto const status = std::filesystem::status(path, unknown);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw InputError(fmt::format("{}: is no file, but a folder, pipe or device; check folder and name", path));
    // Files somewhat too long get the message of the format that finds out.
    if (auto const size = std::filesystem::file_size(path, unknown); !unknown && size > 2 * most)
        throw InputError(fmt::format("{}: has {} bytes, this lattice needs no more than {}; check name and lattice",
                                     path, size, most));
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    if (file) bytes << file.rdbuf();
    if (!file || bytes.str().empty())
        throw InputError(fmt::format("{}: cannot be read ({}); check folder, name and configuration", path,
                                     errno != 0 ? std::strerror(errno) : "it is empty"));
    return bytes.str();
}

Eigen::ArrayXd read_raw_wave(Communicator const& self, RawWaveFormat const& format, std::string const& path,
                             CubicOrbits const& orbits) {
    Eigen::ArrayXd wave;
    switch (format.kind) {
        case RawWaveFormat::Kind::compressed_a1:
            wave = read_compressed_a1(path, format.spin_components, orbits);
            break;
        case RawWaveFormat::Kind::big_endian_zyx:
            wave = read_big_endian(path, orbits);
            break;
        case RawWaveFormat::Kind::hdf5:
            wave = read_hdf5(self, path, format.dataset, orbits);
            break;
    }
    for (Eigen::Index i = 0; i < wave.size(); ++i)
        if (!std::isfinite(wave[i])) {
            auto const& site = orbits.representatives()[static_cast<std::size_t>(i)];
            throw InputError(fmt::format("{}: the wave at ({}, {}, {}) is {}; leave out this configuration", path,
                                         site[0], site[1], site[2], wave[i]));
        }
    return wave;
}

}  // namespace hadronforce
