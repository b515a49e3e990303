#include "storage/disk_space.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace hadronforce {
namespace {

/// Zero, or the errno that explains why there is no room.
int reserve(int descriptor, std::int64_t bytes) {
    struct stat file = {};
    struct statvfs disk = {};
    if (::fstat(descriptor, &file) != 0) return errno;
    // What is reserved beyond the end of a file is not held against its limit; writing there is.
    rlimit limit = {};
    if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        static_cast<rlim_t>(bytes) > limit.rlim_cur)
        return EFBIG;
    // Asked first, because a reservation that fails half-way may keep what it got.
    if (::fstatvfs(descriptor, &disk) == 0 && disk.f_blocks != 0) {
        double const missing = static_cast<double>(bytes) - 512.0 * static_cast<double>(file.st_blocks);
        if (missing > static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize)) return ENOSPC;
    }
    int result = 0;
    do result = ::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, bytes);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == EOPNOTSUPP || errno == ENOSYS ? 0 : errno;
}

}  // namespace

std::string free_disk_space(std::string const& path) {
    struct statvfs disk = {};
    if (::statvfs(path.c_str(), &disk) != 0) return std::strerror(errno);
    return fmt::format("{:.1f} MB free", static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize) / 1e6);
}

void reserve_disk_space(std::string const& path, std::int64_t bytes) {
    int const descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    int const reason = descriptor < 0 ? errno : reserve(descriptor, bytes);
    if (descriptor >= 0) ::close(descriptor);
    if (reason != 0)
        throw std::runtime_error(fmt::format(
            "{}: {:.1f} MB cannot be written ({}; {}); {}", path, static_cast<double>(bytes) / 1e6,
            std::strerror(reason), free_disk_space(path),
            reason == EFBIG ? "raise the limit on the size of files (ulimit -f)" : "make room or choose another disk"));
}

}  // namespace hadronforce
