#include "commands/command.hpp"

#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/digest.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

namespace hadronforce {

std::optional<OutputLocks> begin_run(Config const& config, CommandOptions const& options, Communicator const& comm) {
    config.reject_unread_keys();
    check_places(comm, config.files());
    if (options.verbose)
        say(comm, fmt::format("hadronforce {} ({})\n{}", program_version(), source_commit(), build_description()));
    if (options.verbose || options.dry_run) say(comm, config.resolved());
    if (options.dry_run) return std::nullopt;
    return lock_outputs(comm, config.files());
}

RunIdentity identity_of(Config const& config, std::vector<std::string> const& ignored, Communicator const& comm) {
    RunIdentity identity{config.resolved(), config.keys_at_default(), {}, ignored};
    for (auto const& [key, path] : config.files().input_of_key) {
        std::string digest;
        agree_on_root(comm, [&, name = path] { digest = digest_of_file(name); });
        identity.inputs.push_back({key, path, comm.broadcast(digest)});
    }
    return identity;
}

}  // namespace hadronforce
