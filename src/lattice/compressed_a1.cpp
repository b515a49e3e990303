#include "lattice/compressed_a1.hpp"

#include "hadronforce/error.hpp"
#include "lattice/raw_bytes.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace hadronforce {
namespace {

constexpr int spins = 4;
constexpr std::size_t bytes_a_complex = 16;
constexpr std::size_t bytes_a_site = spins * spins * bytes_a_complex;

/// Fortran records of a file, one after the other.
class Records {
  public:
    Records(std::string const& path, std::string_view bytes) : path_(path), bytes_(bytes) {}

    /// The next record, which must be so long.
    std::string_view next(char const* what, std::size_t expected_bytes) {
        ++number_;
        auto const refuse = [&](std::string const& problem) {
            throw InputError(
                fmt::format("{}: record {} ({}) {}; is it a compressed A1 wave of this lattice, copied to the end?",
                            path_, number_, what, problem));
        };
        if (bytes_.size() < 4) refuse("is missing");
        auto const length = static_cast<std::size_t>(little_endian_bits(bytes_.data(), 4));
        if (length != expected_bytes) refuse(fmt::format("has {} bytes, not {}", length, expected_bytes));
        if (bytes_.size() < length + 8)
            refuse(fmt::format("is truncated: {} of {} bytes", bytes_.size() - 4, length + 4));
        if (little_endian_bits(bytes_.data() + 4 + length, 4) != length)
            refuse("ends with another length than it begins with");
        auto const record = bytes_.substr(4, length);
        bytes_.remove_prefix(length + 8);
        return record;
    }

    void end() const {
        if (!bytes_.empty())
            throw InputError(
                fmt::format("{}: {} bytes follow its last record; is it of another format?", path_, bytes_.size()));
    }

  private:
    std::string path_;
    std::string_view bytes_;
    int number_ = 0;
};

void check_header(std::string const& path, std::string_view header, CubicOrbits const& orbits) {
    int const extent = orbits.extent();
    std::array<int, 4> numbers{};
    for (std::size_t i = 0; i < 4; ++i) numbers[i] = little_endian_int32(header.data() + 4 * i);
    if (numbers[0] != extent || numbers[1] != extent || numbers[2] != extent)
        throw InputError(fmt::format("{}: is of a {} x {} x {} lattice, the config says L = {}", path, numbers[0],
                                     numbers[1], numbers[2], extent));
    if (numbers[3] != orbits.size())
        throw InputError(fmt::format("{}: has {} sites; L = {} has {} cubic orbits, one site of each is needed", path,
                                     numbers[3], extent, orbits.size()));
}

/// Orbits of the sites of a file: index mid + L (min + L max).
std::vector<Eigen::Index> orbits_of_sites(std::string const& path, std::string_view record, CubicOrbits const& orbits) {
    int const extent = orbits.extent();
    std::vector<Eigen::Index> orbit_of_site;
    std::vector<bool> seen(static_cast<std::size_t>(orbits.size()), false);
    for (Eigen::Index i = 0; i < orbits.size(); ++i) {
        int const index = little_endian_int32(record.data() + 4 * i);
        CubicOrbits::Site const site{index / (extent * extent), index % extent, index / extent % extent};
        if (index < 0 || !orbits.is_representative(site))
            throw InputError(
                fmt::format("{}: site index {} does not represent a cubic orbit (mid + L (min + L max) of "
                            "coordinates folded into 0 ... L/2); is it of another lattice?",
                            path, index));
        Eigen::Index const orbit = orbits.orbit_of(site[0], site[1], site[2]);
        if (seen[static_cast<std::size_t>(orbit)])
            throw InputError(fmt::format("{}: site index {} occurs twice; the file is damaged", path, index));
        seen[static_cast<std::size_t>(orbit)] = true;
        orbit_of_site.push_back(orbit);
    }
    return orbit_of_site;
}

}  // namespace

Eigen::ArrayXd read_compressed_a1(std::string const& path, std::array<int, 2> const& spin_components,
                                  CubicOrbits const& orbits) {
    auto const sites = static_cast<std::size_t>(orbits.size());
    std::string const bytes = read_bytes(path, 68 + sites * (4 + bytes_a_site));
    Records records(path, bytes);
    check_header(path, records.next("lattice", 16), orbits);
    auto const orbit_of_site = orbits_of_sites(path, records.next("sites", 4 * sites), orbits);
    records.next("header of the data", 20);
    auto const data = records.next("data", sites * bytes_a_site);
    records.end();
    Eigen::ArrayXd wave(orbits.size());
    for (std::size_t site = 0; site < sites; ++site) {
        auto const real_part = [&](int a, int b) {
            auto const component = static_cast<std::size_t>(spins * a + b);
            return little_endian_double(data.data() + site * bytes_a_site + component * bytes_a_complex);
        };
        auto const [a, b] = spin_components;
        wave[orbit_of_site[site]] = (real_part(a, a) - real_part(a, b) - real_part(b, a) + real_part(b, b)) / 2.0;
    }
    return wave;
}

}  // namespace hadronforce
