#pragma once

#include <stdexcept>
#include <string>

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

/// Does `work`; what it throws of these has "NAME: " before it. Nothing where the name is empty.
template <class Work>
void naming(std::string const& name, Work const& work) {
    if (name.empty()) return work();
    try {
        work();
    } catch (InputError const& error) {
        throw InputError(name + ": " + error.what());
    } catch (ConvergenceError const& error) {
        throw ConvergenceError(name + ": " + error.what());
    }
}

}  // namespace hadronforce
