#pragma once

#include <stdexcept>

namespace hadronforce {

/// Wrong usage, config or input file: the message says where, what is wrong and what to change. Exit code 2.
class InputError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A calculation did not reach the accuracy that was asked for. Never turned into a result. Exit code 1.
class ConvergenceError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace hadronforce
