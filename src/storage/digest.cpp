#include "hadronforce/storage/digest.hpp"

#include "hadronforce/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

namespace hadronforce {

std::string digest_of_file(std::string const& path) {
    std::error_code unknown;
    if (std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown)) return "";
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError(fmt::format("{}: cannot be read ({}); check the name", path, std::strerror(errno)));
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    bool ok = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    std::vector<char> piece(std::size_t{1} << 20U);
    while (ok && file.good()) {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        ok = EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(file.gcount())) == 1;
    }
    if (file.bad()) throw InputError(fmt::format("{}: could not be read to its end", path));
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    if (!ok || EVP_DigestFinal_ex(context.get(), bytes.data(), &size) != 1)
        throw std::runtime_error(path + ": its SHA-256 cannot be computed by OpenSSL");
    return fmt::format("{:02x}", fmt::join(bytes.begin(), bytes.begin() + size, ""));
}

}  // namespace hadronforce
