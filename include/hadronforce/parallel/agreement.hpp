#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace hadronforce {

/// What went wrong on one rank, ready to be shared.
struct Failure {
    std::string message;
    bool is_input_error = false;        ///< the others throw InputError
    bool is_convergence_error = false;  ///< they throw ConvergenceError; neither: std::runtime_error
};

/// The failure that `work` ended in, if it threw. Not collective.
std::optional<Failure> failure_of(std::function<void()> const& work);

/// Collective. If any rank brings a failure, every rank throws the failure of the lowest failing rank (InputError,
/// ConvergenceError or std::runtime_error), prefixed with "rank R of N: " where there is more than one rank and not all
/// failed alike. `patience_s`: a rank that brings a failure waits so long for the others and then throws it alone; for
/// a failure inside a collective call that the others may never leave.
void throw_if_any_failed(Communicator const& comm, std::optional<Failure> const& failure,
                         double patience_s = std::numeric_limits<double>::infinity());

/// Collective. Runs `work` on every rank, then throws on all ranks if it threw on any.
void agree(Communicator const& comm, std::function<void()> const& work);

/// Collective. Runs `work` on rank 0 only, then throws on all ranks if it threw there. For what one rank checks for
/// all.
void agree_on_root(Communicator const& comm, std::function<void()> const& work);

}  // namespace hadronforce
