#pragma once

#include "hadronforce/error.hpp"

#include <functional>
#include <string>

namespace hadronforce {

/// The message of the InputError that `work` ends in; empty where it does not.
inline std::string message_of(std::function<void()> const& work) {
    try {
        work();
    } catch (InputError const& error) {
        return error.what();
    }
    return "";
}

}  // namespace hadronforce
