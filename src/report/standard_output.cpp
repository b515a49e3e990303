#include "hadronforce/report/standard_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <set>
#include <utility>

namespace hadronforce {
namespace {

int first_error = 0;
std::function<void(std::string const& line)> listener;
std::set<std::string> warnings;  ///< that were said

}  // namespace

void survive_closed_output() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    // Lowest number first, as open() takes the lowest that is free. Output opened for reading refuses every write.
    for (int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

void print(std::string const& text) {
    std::clearerr(stdout);
    bool const written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if ((std::fflush(stdout) != 0 || !written) && first_error == 0) first_error = errno;
}

void say(Communicator const& comm, std::string const& line) {
    if (!comm.is_root()) return;
    if (listener)
        listener(line);
    else
        print(line + "\n");
}

void warn(Communicator const& comm, std::string const& line) {
    if (warnings.insert(line).second) say(comm, "warning: " + line);
}

void hear(std::function<void(std::string const& line)> new_listener) {
    listener = std::move(new_listener);
    warnings.clear();
}

std::string standard_output_error() { return first_error != 0 ? std::strerror(first_error) : ""; }

}  // namespace hadronforce
