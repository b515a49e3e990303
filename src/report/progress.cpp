#include "hadronforce/report/progress.hpp"

#include "hadronforce/report/standard_output.hpp"

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

Progress::Progress(Communicator const& comm, std::string what, std::optional<std::int64_t> total)
    : prints_(comm.is_root()), terminal_(writes_to_terminal()), what_(std::move(what)), total_(total) {}

Progress::~Progress() {
    if (line_is_open_) print("\n");
}

std::string Progress::line(std::int64_t done, double per_s, double seconds) const {
    std::string const rate = per_s >= 10.0 ? fmt::format("{:.0f}", per_s) : fmt::format("{:.2g}", per_s);
    if (!total_) return fmt::format("{} {}, {} per s, for {}", done, what_, rate, duration_text(seconds));
    std::string const left = per_s > 0.0 ? duration_text(static_cast<double>(*total_ - done) / per_s) : "?";
    return fmt::format("{} of {} {}, {} per s, {}", done, *total_, what_, rate,
                       done >= *total_ ? "took " + duration_text(seconds) : left + " left");
}

void Progress::update(std::int64_t done, std::int64_t before, std::string const& note) {
    if (!prints_) return;
    auto const now = Clock::now();
    bool const finished = total_ && done >= *total_;
    auto const pause = terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(5000);
    if (!finished && now - last_ < pause) return;
    last_ = now;
    double const seconds = std::chrono::duration<double>(now - start_).count();
    std::string text = line(done, static_cast<double>(done - before) / std::max(seconds, 1e-9), seconds);
    if (!note.empty()) text += ", " + note;
    if (!terminal_) return print(text + "\n");
    std::string bar;
    if (total_) {
        constexpr int width = 24;
        auto const filled = static_cast<int>(width * done / std::max<std::int64_t>(1, *total_));
        bar = fmt::format("[{:<{}}] ", std::string(static_cast<std::size_t>(filled), '#'), width);
    }
    print("\r\033[K" + bar + text + (finished ? "\n" : ""));
    line_is_open_ = !finished;
}

}  // namespace hadronforce
