#include "hadronforce/parallel/agreement.hpp"

#include "hadronforce/error.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <thread>

namespace hadronforce {
namespace {

constexpr char const* out_of_memory =
    "needs more memory than there is; ask for less (momenta, range, samples, size of a network)";

/// How many ranks failed; nothing where the others did not come within `patience_s`.
std::optional<std::int64_t> count_failures(Communicator const& comm, bool failed, double patience_s) {
    struct Counts {
        std::int64_t mine;
        std::int64_t all;
    };
    auto counts = std::make_unique<Counts>(Counts{failed ? 1 : 0, 0});
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallreduce(&counts->mine, &counts->all, 1, MPI_INT64_T, MPI_SUM, comm.handle(), &request);
    if (!failed) {
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        return counts->all;
    }
    auto const begin = std::chrono::steady_clock::now();
    for (int complete = 0;;) {
        MPI_Test(&request, &complete, MPI_STATUS_IGNORE);
        if (complete != 0) return counts->all;
        if (std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() > patience_s) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    counts.release();  // MPI may still write there
    return std::nullopt;
}

[[noreturn]] void throw_failure(Failure const& failure) {
    if (failure.is_input_error) throw InputError(failure.message);
    if (failure.is_convergence_error) throw ConvergenceError(failure.message);
    throw std::runtime_error(failure.message);
}

}  // namespace

std::optional<Failure> failure_of(std::function<void()> const& work) {
    try {
        work();
    } catch (InputError const& error) {
        return Failure{error.what(), true};
    } catch (ConvergenceError const& error) {
        return Failure{error.what(), false, true};
    } catch (std::bad_alloc const&) {
        return Failure{out_of_memory, true};
    } catch (std::length_error const&) {
        return Failure{out_of_memory, true};
    } catch (std::exception const& error) {
        return Failure{error.what(), false};
    }
    return std::nullopt;
}

void throw_if_any_failed(Communicator const& comm, std::optional<Failure> const& failure, double patience_s) {
    auto const failed = count_failures(comm, failure.has_value(), patience_s);
    if (!failed) throw_failure(*failure);
    if (*failed == 0) return;
    auto const lowest = static_cast<int>(comm.min(std::int64_t{failure ? comm.rank() : comm.size()}));
    std::string message = comm.broadcast(failure ? failure->message : "", lowest);
    std::array<std::int64_t, 2> kind{failure && failure->is_input_error, failure && failure->is_convergence_error};
    comm.broadcast(kind.data(), kind.size(), lowest);
    bool const all_alike = comm.sum(std::int64_t{failure && failure->message == message ? 1 : 0}) == comm.size();
    if (!all_alike && comm.size() > 1)
        message = "rank " + std::to_string(lowest) + " of " + std::to_string(comm.size()) + ": " + message;
    throw_failure({message, kind[0] != 0, kind[1] != 0});
}

void agree(Communicator const& comm, std::function<void()> const& work) { throw_if_any_failed(comm, failure_of(work)); }

void agree_on_root(Communicator const& comm, std::function<void()> const& work) {
    std::optional<Failure> failure;
    if (comm.is_root()) failure = failure_of(work);
    std::array<std::int64_t, 3> state{failure.has_value(), failure && failure->is_input_error,
                                      failure && failure->is_convergence_error};
    comm.broadcast(state.data(), state.size());
    if (state[0] == 0) return;
    throw_failure({comm.broadcast(failure ? failure->message : ""), state[1] != 0, state[2] != 0});
}

}  // namespace hadronforce
