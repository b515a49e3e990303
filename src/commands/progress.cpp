#include "commands/progress.hpp"

#include "commands/standard_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace hadronforce {
namespace {

std::string duration_text(double seconds) {
    auto const whole = static_cast<long>(seconds + 0.5);
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{}:{:02d} min", whole / 60, whole % 60);
    return fmt::format("{}:{:02d} h", whole / 3600, whole / 60 % 60);
}

/// mpirun gives its children a terminal of their own even when it writes to a log itself, so look at its standard
/// output.
bool writes_to_terminal() {
    if (::isatty(STDOUT_FILENO) == 0) return false;
    if (std::getenv("OMPI_COMM_WORLD_RANK") == nullptr) return true;
    std::error_code unreadable;
    auto const target = std::filesystem::read_symlink(fmt::format("/proc/{}/fd/1", ::getppid()), unreadable).string();
    return target.rfind("/dev/pts/", 0) == 0 || target.rfind("/dev/tty", 0) == 0;
}

}  // namespace

Progress::Progress(Communicator const& comm, std::string what, std::int64_t total)
    : prints_(comm.is_root()), terminal_(writes_to_terminal()), what_(std::move(what)), total_(total) {}

Progress::~Progress() {
    if (line_is_open_) print("\n");
}

void Progress::update(std::int64_t done, std::int64_t before, std::string const& note) {
    if (!prints_) return;
    auto const now = Clock::now();
    bool const finished = done >= total_;
    auto const pause = terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(5000);
    if (!finished && now - last_ < pause) return;
    last_ = now;
    double const seconds = std::chrono::duration<double>(now - start_).count();
    double const rate = static_cast<double>(done - before) / std::max(seconds, 1e-9);
    std::string const left = rate > 0.0 ? duration_text(static_cast<double>(total_ - done) / rate) : "?";
    std::string const rate_text = rate >= 10.0 ? fmt::format("{:.0f}", rate) : fmt::format("{:.2g}", rate);
    std::string line = fmt::format("{} of {} {}, {} per s, {}", done, total_, what_, rate_text,
                                   finished ? "took " + duration_text(seconds) : left + " left");
    if (!note.empty()) line += ", " + note;
    if (terminal_) {
        constexpr int width = 24;
        auto const filled = static_cast<int>(width * done / std::max<std::int64_t>(1, total_));
        print(fmt::format("\r\033[K[{:<{}}] {}{}", std::string(static_cast<std::size_t>(filled), '#'), width, line,
                          finished ? "\n" : ""));
        line_is_open_ = !finished;
    } else {
        print(line + "\n");
    }
}

}  // namespace hadronforce
