#include "hadronforce/parallel/stop_request.hpp"

#include "hadronforce/parallel/unfinished_file.hpp"

#include <csignal>

#include <unistd.h>

namespace hadronforce {
namespace {

volatile std::sig_atomic_t asked_to_stop = 0;
volatile std::sig_atomic_t ends_at_once = 0;
std::string words;  ///< not changed while ends_at_once

constexpr int stop_signals[] = {SIGTERM, SIGINT, SIGUSR1, SIGHUP};

sigset_t set_of_stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (int signal : stop_signals) sigaddset(&set, signal);
    return set;
}

void end() {
    // What can be done in a handler; a closed standard error changes nothing.
    [[maybe_unused]] auto const written = write(STDERR_FILENO, words.data(), words.size());
    remove_unfinished_files();
    _exit(1);
}

extern "C" void note_stop_request(int) {
    asked_to_stop = 1;
    if (ends_at_once != 0) end();
}

}  // namespace

void hold_stop_signals() {
    sigset_t const set = set_of_stop_signals();
    sigprocmask(SIG_BLOCK, &set, nullptr);
}

void note_stop_signals() {
    ends_at_once = 0;
    for (int signal : stop_signals) {
        struct sigaction action = {};
        sigaction(signal, nullptr, &action);
        if (signal == SIGHUP && action.sa_handler == SIG_IGN) continue;
        action = {};
        action.sa_handler = note_stop_request;
        action.sa_flags = SA_RESTART;
        sigaction(signal, &action, nullptr);
    }
    sigset_t const set = set_of_stop_signals();
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

void end_at_stop_signals() {
    ends_at_once = 1;
    if (asked_to_stop != 0) end();
}

void set_last_words(std::string const& last_words) { words = last_words; }

StopRequest::StopRequest() { note_stop_signals(); }

StopRequest::~StopRequest() {
    asked_to_stop = 0;
    ends_at_once = 1;
}

bool StopRequest::on_this_rank() const noexcept { return asked_to_stop != 0; }

bool StopRequest::on_any_rank(Communicator const& comm) const { return comm.max(std::int64_t{asked_to_stop}) != 0; }

}  // namespace hadronforce
