#include "storage/crash_guard.hpp"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>

namespace hadronforce {
namespace {

/// The last is that of a timer.
constexpr std::array<int, 5> crashes{SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGPROF};
constexpr int most_processor_seconds = 15;
constexpr int wrong_input = 2;

std::string message;
bool is_root = true;
std::array<struct sigaction, crashes.size()> before;

void end_with_message(int) {
    // Rank 0 crashes like all others; where it does not, its launcher ends it once another rank has spoken.
    if (!is_root) ::sleep(2);
    if (::write(STDERR_FILENO, message.data(), message.size()) < 0) ::_exit(wrong_input);
    ::_exit(wrong_input);
}

/// 0 takes it back.
void set_timer(int processor_seconds) {
    struct itimerval timer = {};
    timer.it_value.tv_sec = processor_seconds;
    ::setitimer(ITIMER_PROF, &timer, nullptr);
}

}  // namespace

CrashGuard::CrashGuard(Communicator const& comm, std::string const& path, Reads reads) {
    message = "hadronforce: " + path + ": is damaged so that HDF5 cannot read it; write it again\n";
    is_root = comm.is_root();
    static std::array<std::byte, std::size_t{1} << 16U> stack;  // a crash may have used up the other one
    stack_t alternative = {};
    alternative.ss_sp = stack.data();
    alternative.ss_size = stack.size();
    ::sigaltstack(&alternative, nullptr);
    struct sigaction action = {};
    action.sa_handler = end_with_message;
    action.sa_flags = SA_ONSTACK;
    for (std::size_t i = 0; i < crashes.size(); ++i) ::sigaction(crashes[i], &action, &before[i]);
    if (reads == Reads::metadata) set_timer(most_processor_seconds);
}

CrashGuard::~CrashGuard() {
    set_timer(0);
    for (std::size_t i = 0; i < crashes.size(); ++i) ::sigaction(crashes[i], &before[i], nullptr);
}

}  // namespace hadronforce
