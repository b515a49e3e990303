#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/report/run_places.hpp"
#include "hadronforce/report/standard_output.hpp"
#include "hadronforce/storage/run_identity.hpp"

#include <optional>
#include <string>

namespace hadronforce {

/// What the command line says beside the config.
struct CommandOptions {
    bool dry_run = false;  ///< check everything, print the resolved config, run and write nothing
    bool verbose = false;  ///< print version, build and the resolved config before running
    bool resume = false;   ///< go on from the last checkpoint, where there is one
};

/// A command that reads a config: `hadronforce NAME config.yaml`. Collective.
using ConfigCommand = void (*)(Config const& config, CommandOptions const& options, Communicator const& comm);

void run_solve(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_fit(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_phase_shifts(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_lattice_mock(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_lattice_budget(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_lattice_box(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_lattice_fit(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_pca(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_generate(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_lattice_import(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_lattice_potential(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_train(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_predict(Config const& config, CommandOptions const& options, Communicator const& comm);
void run_infer(Config const& config, CommandOptions const& options, Communicator const& comm);

/// `hadronforce show FILE`. Collective.
void run_show(std::string const& file, Communicator const& comm);

/// Collective. After a command has read its config: refuses unread keys and outputs that cannot be written or would
/// destroy a file (check_places), prints the resolved config where the options ask for it, and takes the outputs for
/// this run alone until the locks go. Nothing for a dry run, which ends here.
std::optional<OutputLocks> begin_run(Config const& config, CommandOptions const& options, Communicator const& comm);

/// Collective. What decides whether stored work is this run's, once all is read: the config, without the keys in
/// `ignored` (outputs), and the content of its input files. Throws InputError where one of them cannot be read.
RunIdentity identity_of(Config const& config, std::vector<std::string> const& ignored, Communicator const& comm);

}  // namespace hadronforce
