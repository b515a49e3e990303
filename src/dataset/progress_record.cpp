#include "dataset/progress_record.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace hadronforce {

std::int64_t ProgressRecord::finished() const {
    std::ifstream file(path_);
    std::int64_t samples = 0;
    return file >> samples ? samples : 0;
}

void ProgressRecord::set_finished(std::int64_t samples) const {
    std::string const line = fmt::format("{:020d}\n", samples);
    int const descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    bool const ok =
        descriptor >= 0 && ::pwrite(descriptor, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
    int const reason = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!ok) throw std::runtime_error(fmt::format("{}: cannot be written ({})", path_, std::strerror(reason)));
}

void ProgressRecord::remove() const { std::remove(path_.c_str()); }

}  // namespace hadronforce
