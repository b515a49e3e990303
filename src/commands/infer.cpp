#include "commands/command.hpp"
namespace hadronforce { void run_infer(Config const&, CommandOptions const&, Communicator const&) {} }
