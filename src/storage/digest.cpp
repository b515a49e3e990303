#include "hadronforce/storage/digest.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/file.hpp"

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
namespace {

constexpr char const* content_attribute = "content_sha256";

/// SHA-256 of bytes that come in pieces.
class Sha256 {
  public:
    Sha256()
        : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free),
          ok_(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1) {}

    void add(void const* bytes, std::size_t count) { ok_ = ok_ && EVP_DigestUpdate(context_.get(), bytes, count) == 1; }

    /// 64 hexadecimal digits. `what`: of what, for the message where OpenSSL fails.
    std::string text(std::string const& what) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned int size = 0;
        if (!ok_ || EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) != 1)
            throw std::runtime_error(what + ": its SHA-256 cannot be computed by OpenSSL");
        return fmt::format("{:02x}", fmt::join(bytes.begin(), bytes.begin() + size, ""));
    }

  private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
    bool ok_;
};

/// Of names and numbers of all datasets.
std::string digest_of_content(File const& file) {
    Sha256 digest;
    for (auto const& dataset : file.datasets()) {
        auto const values = file.read_all(dataset.name);
        digest.add(dataset.name.c_str(), dataset.name.size() + 1);
        digest.add(values.data(), static_cast<std::size_t>(values.size()) * sizeof(double));
    }
    std::string text;
    agree(file.comm(), [&] { text = digest.text(file.path()); });
    return file.comm().broadcast(text);
}

}  // namespace

std::string digest_of_file(std::string const& path) {
    std::error_code unknown;
    if (std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown)) return "";
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError(fmt::format("{}: cannot be read ({}); check the name", path, std::strerror(errno)));
    Sha256 digest;
    std::vector<char> piece(std::size_t{1} << 20U);
    while (file.good()) {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        digest.add(piece.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) throw InputError(fmt::format("{}: could not be read to its end", path));
    return digest.text(path);
}

void write_digest_of_content(File& file) { file.set_attribute("/", content_attribute, digest_of_content(file)); }

void check_digest_of_content(File const& file, std::string const& what_to_do) {
    if (!file.has_attribute("/", content_attribute)) return;
    auto const written = file.string_attribute("/", content_attribute), found = digest_of_content(file);
    agree(file.comm(), [&] {
        if (written != found)
            throw InputError(
                fmt::format("{}: has other numbers than were written; {}, or delete its attribute {} where "
                            "they were changed on purpose",
                            file.path(), what_to_do, content_attribute));
    });
}

}  // namespace hadronforce
