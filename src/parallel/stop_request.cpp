#include "hadronforce/parallel/stop_request.hpp"

#include <csignal>

namespace hadronforce {
namespace {

volatile std::sig_atomic_t asked_to_stop = 0;

constexpr int stop_signals[] = {SIGTERM, SIGINT, SIGUSR1};

extern "C" void note_stop_request(int) { asked_to_stop = 1; }

}  // namespace

StopRequest::StopRequest() {
    asked_to_stop = 0;
    for (int signal : stop_signals) {
        struct sigaction action = {};
        action.sa_handler = note_stop_request;
        action.sa_flags = SA_RESTART;
        sigaction(signal, &action, nullptr);
    }
}

StopRequest::~StopRequest() {
    for (int signal : stop_signals) std::signal(signal, SIG_DFL);
}

bool StopRequest::on_this_rank() const noexcept { return asked_to_stop != 0; }

bool StopRequest::on_any_rank(Communicator const& comm) const { return comm.max(std::int64_t{asked_to_stop}) != 0; }

}  // namespace hadronforce
