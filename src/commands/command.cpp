#include "commands/command.hpp"

#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace hadronforce {

bool config_is_read(Config const& config, CommandOptions const& options, Communicator const& comm) {
    config.reject_unread_keys();
    if (options.verbose)
        say(comm, fmt::format("hadronforce {} ({})\n{}", program_version(), source_commit(), build_description()));
    if (options.verbose || options.dry_run) say(comm, config.resolved());
    return !options.dry_run;
}

void say(Communicator const& comm, std::string const& line) {
    if (comm.is_root()) spdlog::info(line);
}

}  // namespace hadronforce
