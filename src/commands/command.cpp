#include "commands/command.hpp"

#include <spdlog/spdlog.h>

namespace hadronforce {

bool config_is_read(Config const& config, CommandOptions const& options, Communicator const& comm) {
    config.reject_unread_keys();
    if (!options.dry_run) return true;
    say(comm, config.resolved());
    return false;
}

void say(Communicator const& comm, std::string const& line) {
    if (comm.is_root()) spdlog::info(line);
}

}  // namespace hadronforce
