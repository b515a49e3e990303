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

bool all_are_sound(std::string_view bytes) {
    for (auto at = bytes.find(signature); at != std::string_view::npos; at = bytes.find(signature, at + 1)) {
        std::string_view const rest = bytes.substr(at);
        if (rest.size() < header_bytes) return true;
        auto const size = little_endian(rest.data() + signature.size(), 8);
        if (size > rest.size()) continue;  // ends beyond this part
        if (size < header_bytes || !is_sound(rest.substr(header_bytes, static_cast<std::size_t>(size) - header_bytes)))
            return false;
    }
    return true;
}

}  // namespace

bool global_heaps_are_sound(std::string const& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    auto const size = static_cast<std::size_t>(std::max<std::streamoff>(0, file.tellg()));
    std::string bytes(std::min(size, most_bytes), '\0');
    file.seekg(0);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!all_are_sound(bytes)) return false;
    if (size <= most_bytes) return true;
    file.seekg(-static_cast<std::streamoff>(bytes.size()), std::ios::end);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return all_are_sound(bytes);
}

}  // namespace hadronforce
