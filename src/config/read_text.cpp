#include "hadronforce/config/section.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hadronforce {
namespace {

constexpr std::size_t most_bytes = std::size_t{256} << 20U;
constexpr int patience_s = 10;

struct Descriptor {
    int number;
    ~Descriptor() { close(number); }
};

[[noreturn]] void fail(std::string const& path, std::string const& problem) {
    throw InputError(fmt::format("{}: cannot be read ({}); check the name", path, problem));
}

[[noreturn]] void fail_as_too_large(std::string const& path) {
    throw InputError(fmt::format("{}: is larger than {} MiB; check the name", path, most_bytes >> 20U));
}

}  // namespace

std::string read_text(std::string const& path) {
    // Without waiting: a pipe that nobody writes to must not hold up the program for ever.
    Descriptor const file{open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    struct stat about = {};
    if (file.number < 0 || fstat(file.number, &about) != 0) fail(path, std::strerror(errno));
    if (S_ISDIR(about.st_mode)) fail(path, "it is a folder");
    if (!S_ISREG(about.st_mode) && !S_ISFIFO(about.st_mode)) fail(path, "it is neither a file nor a pipe");
    if (S_ISREG(about.st_mode) && static_cast<std::size_t>(about.st_size) > most_bytes) fail_as_too_large(path);
    std::string text;
    std::array<char, 65536> piece{};
    for (;;) {
        pollfd waiting{file.number, POLLIN, 0};
        if (poll(&waiting, 1, 1000 * patience_s) == 0)
            fail(path, fmt::format("the pipe was silent for {} s", patience_s));
        ssize_t const got = read(file.number, piece.data(), piece.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got < 0) fail(path, std::strerror(errno));
        if (got == 0) break;
        text.append(piece.data(), static_cast<std::size_t>(got));
        if (text.size() > most_bytes) fail_as_too_large(path);
    }
    if (text.empty()) fail(path, "it is empty");
    return text;
}

}  // namespace hadronforce
