#include "storage/global_heap.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace hadronforce {
namespace {

constexpr std::string_view signature{"GCOL\1\0\0\0", 8};
constexpr std::size_t header_bytes = 16;  // of a collection and of an object
constexpr std::size_t most_bytes = std::size_t{64} << 20U;

std::uint64_t little_endian(char const* bytes, int count) {
    std::uint64_t value = 0;
    for (int i = count - 1; i >= 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
}

bool is_sound(std::string_view collection) {
    while (collection.size() >= header_bytes) {
        auto const index = little_endian(collection.data(), 2);
        auto const size = little_endian(collection.data() + 8, 8);
        if (size > collection.size()) return false;
        auto const whole = index == 0 ? size : header_bytes + (size + 7) / 8 * 8;  // free space counts its header
        if (whole < header_bytes || whole > collection.size()) return false;
        collection.remove_prefix(static_cast<std::size_t>(whole));
    }
    return true;
}

/// What a part of a file says of the collections in it.
struct Look {
    bool sound;
    std::size_t seen;    ///< bytes of the part, up to a collection that ends beyond it
    std::size_t wanted;  ///< bytes from there on that this collection needs, or 0
};

Look look_at(std::string_view bytes, bool last) {
    for (auto at = bytes.find(signature); at != std::string_view::npos; at = bytes.find(signature, at + 1)) {
        std::string_view const rest = bytes.substr(at);
        if (rest.size() < header_bytes) return {true, at, last ? 0 : header_bytes};
        auto const size = static_cast<std::size_t>(little_endian(rest.data() + signature.size(), 8));
        if (size > rest.size() && size <= most_bytes && !last) return {true, at, size};
        if (size > rest.size()) continue;  // ends beyond all that is looked at
        if (size < header_bytes || !is_sound(rest.substr(header_bytes, size - header_bytes))) return {false, at, 0};
    }
    return {true, bytes.size(), 0};
}

/// Of the file's bytes from `begin` to `end`, in pieces that stay in the processor's cache.
bool are_sound(std::ifstream& file, std::size_t begin, std::size_t end) {
    constexpr std::size_t piece_bytes = std::size_t{1} << 18U;
    std::string bytes;
    std::size_t wanted = 0;
    while (begin < end) {
        bool const last = end - begin <= std::max(piece_bytes, wanted);
        bytes.resize(std::min(end - begin, std::max(piece_bytes, wanted)));
        file.seekg(static_cast<std::streamoff>(begin));
        if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
            return true;  // for HDF5 to complain of
        Look look = look_at(bytes, last);
        if (!look.sound) return false;
        if (last) return true;
        // A signature may lie across the end of a piece.
        if (look.wanted == 0) look.seen -= signature.size() - 1;
        begin += look.seen;
        wanted = look.wanted;
    }
    return true;
}

}  // namespace

bool global_heaps_are_sound(std::string const& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    auto const size = static_cast<std::size_t>(std::max<std::streamoff>(0, file.tellg()));
    return are_sound(file, 0, std::min(size, most_bytes)) &&
           (size <= most_bytes || are_sound(file, size - most_bytes, size));
}

}  // namespace hadronforce
