#include "hadronforce/report/output.hpp"

#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/unfinished_file.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/file_identity.hpp"
#include "hadronforce/storage/file_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

namespace hadronforce {
namespace {

/// A pipe that nobody reads is not opened at all, rather than waiting for ever.
int open_pipe_or_device(std::string const& path) {
    auto const begin = std::chrono::steady_clock::now();
    int descriptor = -1;
    while ((descriptor = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) < 0 && errno == ENXIO &&
           std::chrono::steady_clock::now() - begin < std::chrono::seconds(10))
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (descriptor >= 0) ::fcntl(descriptor, F_SETFL, O_WRONLY);
    return descriptor;
}

void write_whole(std::string const& path, int descriptor, std::string const& text) {
    int error = descriptor < 0 ? errno : 0;
    for (std::size_t written = 0; error == 0 && written < text.size();) {
        auto const count = ::write(descriptor, text.data() + written, text.size() - written);
        if (count >= 0)
            written += static_cast<std::size_t>(count);
        else if (errno != EINTR)
            error = errno;
    }
    if (descriptor >= 0 && ::close(descriptor) != 0 && error == 0) error = errno;
    if (error != 0) throw_cannot_be_written(path, error);
}

}  // namespace

void write_atomically(Communicator const& comm, std::string const& path,
                      std::function<void(std::string const& temporary)> const& write) {
    std::string temporary;
    agree_on_root(comm, [&] { temporary = temporary_name(followed(path)); });
    temporary = comm.broadcast(temporary);
    UnfinishedFile const unfinished(temporary);
    try {
        write(temporary);
        publish(comm, temporary, path);
    } catch (...) {
        if (comm.is_root()) std::remove(temporary.c_str());
        throw;
    }
}

void write_text(Communicator const& comm, std::string const& path, std::string const& text) {
    bool written_through = false;
    agree_on_root(comm, [&] {
        written_through = is_pipe_or_device(path);
        if (written_through) write_whole(path, open_pipe_or_device(path), text);
    });
    if (comm.max(std::int64_t{written_through ? 1 : 0}) != 0) return;
    write_atomically(comm, path, [&](std::string const& temporary) {
        agree_on_root(comm, [&] {
            write_whole(path, ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), text);
        });
    });
}

}  // namespace hadronforce
