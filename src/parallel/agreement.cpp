#include "hadronforce/parallel/agreement.hpp"

#include "hadronforce/error.hpp"

#include <exception>

namespace hadronforce {

std::optional<Failure> failure_of(std::function<void()> const& work) {
    try {
        work();
    } catch (InputError const& error) {
        return Failure{error.what(), true};
    } catch (std::exception const& error) {
        return Failure{error.what(), false};
    }
    return std::nullopt;
}

void throw_if_any_failed(Communicator const& comm, std::optional<Failure> const& failure) {
    auto const failed = comm.sum(std::int64_t{failure ? 1 : 0});
    if (failed == 0) return;
    auto const lowest = static_cast<int>(comm.min(std::int64_t{failure ? comm.rank() : comm.size()}));
    std::string message = comm.broadcast(failure ? failure->message : "", lowest);
    std::int64_t is_input_error = failure && failure->is_input_error ? 1 : 0;
    comm.broadcast(&is_input_error, 1, lowest);
    bool const all_alike = comm.sum(std::int64_t{failure && failure->message == message ? 1 : 0}) == comm.size();
    if (!all_alike && comm.size() > 1)
        message = "rank " + std::to_string(lowest) + " of " + std::to_string(comm.size()) + ": " + message;
    if (is_input_error != 0) throw InputError(message);
    throw std::runtime_error(message);
}

void agree(Communicator const& comm, std::function<void()> const& work) { throw_if_any_failed(comm, failure_of(work)); }

void agree_on_root(Communicator const& comm, std::function<void()> const& work) {
    std::optional<Failure> failure;
    if (comm.is_root()) failure = failure_of(work);
    std::int64_t state = failure ? (failure->is_input_error ? 2 : 1) : 0;
    comm.broadcast(&state, 1);
    if (state == 0) return;
    std::string const message = comm.broadcast(failure ? failure->message : "");
    if (state == 2) throw InputError(message);
    throw std::runtime_error(message);
}

}  // namespace hadronforce
