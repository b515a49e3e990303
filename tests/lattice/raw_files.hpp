#pragma once

#include "lattice/cubic_operations.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace hadronforce::testing {

using SiteFunction = std::function<double(std::array<int, 3> const& site)>;

template <class T>
std::string little_endian(T value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);  // the tests run on little-endian machines
    return bytes;
}

template <class T>
std::string big_endian(T value) {
    std::string bytes = little_endian(value);
    std::reverse(bytes.begin(), bytes.end());
    return bytes;
}

inline std::string record(std::string const& data) {
    auto const length = little_endian(static_cast<std::int32_t>(data.size()));
    return length + data + length;
}

inline void write_bytes(std::string const& path, std::string const& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// The records of a compressed A1 file whose 1S0 wave, (M11 - M12 - M21 + M22)/2, is f; the other spin components and
/// all imaginary parts hold numbers that must not matter.
struct CompressedA1 {
    std::vector<std::int32_t> header;
    std::vector<std::int32_t> sites;
    std::string data;

    CompressedA1(int L, SiteFunction const& f) {
        for (int z = 0; z <= L / 2; ++z)
            for (int y = z; y <= L / 2; ++y)
                for (int x = y; x <= L / 2; ++x) {
                    sites.push_back(y + L * (z + L * x));
                    for (int a = 0; a < 4; ++a)
                        for (int b = 0; b < 4; ++b) {
                            double value = 100.0 * a + b;
                            if (a == 1 && b == 1) value = f({x, y, z}) + 3.0;
                            if (a == 1 && b == 2) value = -0.5 * f({x, y, z}) + 3.0;
                            if (a == 2 && b == 1) value = 0.25;
                            if (a == 2 && b == 2) value = 0.5 * f({x, y, z}) + 0.25;
                            data += little_endian(value) + little_endian(17.0);
                        }
                }
        header = {L, L, L, static_cast<std::int32_t>(sites.size())};
    }

    std::string bytes() const {
        std::string first, second;
        for (auto const number : header) first += little_endian(number);
        for (auto const number : sites) second += little_endian(number);
        return record(first) + record(second) + record(std::string(20, '\0')) + record(data);
    }
};

/// All sites of a wave, (z, y, x, re/im), big-endian.
inline std::string big_endian_zyx(int L, SiteFunction const& f) {
    std::string bytes;
    for (int z = 0; z < L; ++z)
        for (int y = 0; y < L; ++y)
            for (int x = 0; x < L; ++x) bytes += big_endian(f({x, y, z})) + big_endian(-5.0);
    return bytes;
}

}  // namespace hadronforce::testing
