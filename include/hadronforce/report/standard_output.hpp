#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <functional>
#include <string>

namespace hadronforce {

/// Has the program live on, and its files be written, where standard output or a file meets its end: a closed pipe
/// (SIGPIPE) or a limit on the size of files (SIGXFSZ) is an error of the write and no more. Standard streams that were
/// closed when the program started are opened on nothing, so that no file takes their place. Before all else in main.
void survive_closed_output();

/// Writes a text to standard output at once. What cannot be written is lost, and standard_output_error tells.
void print(std::string const& text);
/// Prints a line on rank 0.
void say(Communicator const& comm, std::string const& line);
/// Prints "warning: LINE" on rank 0, where it was not said already.
void warn(Communicator const& comm, std::string const& line);
/// From now on `say` hands its lines to `listener` in place of standard output; to that again where there is none. It
/// has not heard of any warning.
void hear(std::function<void(std::string const& line)> listener);

/// Why standard output could not be written, up to now; empty where it could.
std::string standard_output_error();

}  // namespace hadronforce
