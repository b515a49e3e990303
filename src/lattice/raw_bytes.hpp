#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace hadronforce {

/// Numbers in the bytes of a file, whatever the byte order of this machine.
inline std::uint64_t little_endian_bits(char const* bytes, int count) {
    std::uint64_t bits = 0;
    for (int i = count - 1; i >= 0; --i) bits = bits << 8U | static_cast<unsigned char>(bytes[i]);
    return bits;
}

inline std::uint64_t big_endian_bits(char const* bytes, int count) {
    std::uint64_t bits = 0;
    for (int i = 0; i < count; ++i) bits = bits << 8U | static_cast<unsigned char>(bytes[i]);
    return bits;
}

inline double as_double(std::uint64_t bits) {
    double value = 0.0;
    static_assert(sizeof value == sizeof bits);
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

inline std::int32_t little_endian_int32(char const* bytes) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(little_endian_bits(bytes, 4)));
}
inline double little_endian_double(char const* bytes) { return as_double(little_endian_bits(bytes, 8)); }
inline double big_endian_double(char const* bytes) { return as_double(big_endian_bits(bytes, 8)); }

/// A whole file. Throws InputError where it cannot be read, is no file (a pipe, a device) or has more than `most` bytes
/// times two, before any is read.
std::string read_bytes(std::string const& path, std::size_t most);

}  // namespace hadronforce
