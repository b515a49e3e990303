#include "commands/command.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/mpi_session.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/report/standard_output.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string_view>
#include <thread>

#include <unistd.h>

namespace hadronforce {
namespace {

enum ExitCode { done = 0, failed = 1, wrong_input = 2, run_again = 75 };

struct CommandLine {
    std::string command;
    std::string file;
    std::vector<std::string> overrides;
    CommandOptions options;
    bool saves = false;
};

struct NamedCommand {
    char const* name;
    char const* summary;
    ConfigCommand run;   ///< none where hadronforce-learning has it
    bool saves = false;  ///< stops after saving when a signal asks for it
};

#ifdef HADRONFORCE_LEARNING_PROGRAM
constexpr ConfigCommand train = run_train, predict = run_predict, infer = run_infer;
#elif defined(HADRONFORCE_TORCH_VERSION)
constexpr ConfigCommand train = nullptr, predict = nullptr, infer = nullptr;
#endif

constexpr NamedCommand commands[] = {
    {"solve", "one interaction: C(k*), phase shifts, scattering length, bound states", run_solve},
    {"phase-shifts", "a local or non-local interaction: phase shifts, scattering length, bound states",
     run_phase_shifts},
    {"fit", "parameters of source and interaction fitted to a measured C(k*), with errors", run_fit, true},
    {"lattice-mock", "Nambu-Bethe-Salpeter waves of a known interaction", run_lattice_mock},
    {"lattice-fit", "a symmetric non-local potential that explains waves", run_lattice_fit, true},
    {"lattice-budget", "many lattice fits of one correlator: averages, and where their errors come from",
     run_lattice_budget, true},
    {"lattice-box", "an interaction in a periodic box beside Luescher's formula and R(t, r)", run_lattice_box},
    {"generate", "a dataset: parameters drawn from priors, C(k*) of each", run_generate, true},
    {"pca", "principal components of a dataset, and what of V(r) one C(k*) determines", run_pca},
    {"lattice-import", "R(t, r) from raw lattice waves and baryon correlators", run_lattice_import},
    {"lattice-potential", "the leading-order local potential of R(t, r), with errors", run_lattice_potential},
#ifdef HADRONFORCE_TORCH_VERSION
    {"train", "a network that maps C(k*) to parameters, on all ranks", train, true},
    {"predict", "what a trained network says of a dataset, and how well it meets the truth", predict},
    {"infer", "parameters of a measured or computed C(k*), by a trained network", infer},
#endif
};

/// Turns into hadronforce-learning, which lies beside this program. Returns only where that fails, and says why.
std::string become_learning_program(char** argv) {
    std::error_code unknown;
    auto const self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    std::string const program = self.parent_path() / "hadronforce-learning";
    execv(program.c_str(), argv);
    return fmt::format("{} cannot be run, which {} needs; it must lie beside hadronforce", program, argv[1]);
}

std::string version_text() {
    std::string text = fmt::format("hadronforce {} ({})\n{}", program_version(), source_commit(), build_description());
#ifdef HADRONFORCE_TORCH_VERSION
    text += "\nLibTorch " HADRONFORCE_TORCH_VERSION;
#else
    text += "\nwithout LibTorch: no train, no predict, no infer";
#endif
    return text;
}

/// What a command line without command ends with: --help and --version with 0, a mistake with a message.
struct End {
    int code;
    std::string message;
};

std::optional<End> parse(int argc, char** argv, CommandLine& line) {
    CLI::App app("Learns the forces between hadrons from data. See docs/command_line.md.", "hadronforce");
    app.set_version_flag("--version", version_text, "Print version and build, and end");
    app.require_subcommand(1);
    for (auto const& command : commands) {
        CLI::App* const sub = app.add_subcommand(command.name, command.summary);
        sub->add_option("config", line.file, "YAML file; its keys are listed in docs/config_keys.md")->required();
        sub->add_option("--set", line.overrides, "Override a key: --set key.path=value (may be repeated)")
            ->type_name("KEY.PATH=VALUE")
            ->allow_extra_args(false);
        sub->add_flag("--dry-run", line.options.dry_run, "Check everything, print the resolved config, run nothing");
        sub->add_flag("--verbose", line.options.verbose, "Print version, build and the resolved config before running");
        if (command.run == run_lattice_fit || command.run == run_lattice_budget || std::string(command.name) == "train")
            sub->add_flag("--resume", line.options.resume, "Go on from the last checkpoint, where there is one");
        sub->callback([&line, &command] {
            line.command = command.name;
            line.saves = command.saves;
        });
    }
    CLI::App* const show = app.add_subcommand("show", "what is in a file the program wrote");
    show->add_option("file", line.file, "HDF5 file")->required();
    show->callback([&line] { line.command = "show"; });
    try {
        auto const known = app.get_subcommands([](CLI::App*) { return true; });
        auto const named = [&](CLI::App const* command) { return command->get_name() == argv[1]; };
        if (argc > 1 && argv[1][0] != '-' && std::none_of(known.begin(), known.end(), named))
            throw CLI::ParseError(fmt::format("there is no command {}", argv[1]), wrong_input);
        app.parse(argc, argv);
    } catch (CLI::Success const& success) {
        app.exit(success);
        std::cout.flush();
        if (std::cout) return End{done, ""};
        return End{failed, fmt::format("standard output cannot be written ({})", std::strerror(errno))};
    } catch (CLI::ParseError const& error) {
        return End{wrong_input, fmt::format("{}; see hadronforce --help", error.what())};
    }
    return std::nullopt;
}

/// Collective. Throws InputError where ranks were started with different arguments: they would wait for one another.
void agree_on_arguments(int argc, char** argv, Communicator const& comm) {
    std::string own;
    for (int i = 1; i < argc; ++i) own += fmt::format("{}{}", i > 1 ? " " : "", argv[i]);
    std::string const first = comm.broadcast(own);
    agree(comm, [&] {
        if (own != first)
            throw InputError(fmt::format(
                "was started with the arguments '{}', rank 0 with '{}'; give all ranks the same", own, first));
    });
}

/// Fails where what was printed is all that a command gives, and could not be.
void require_standard_output(Communicator const& comm) {
    agree_on_root(comm, [&] {
        if (auto const error = standard_output_error(); !error.empty())
            throw std::runtime_error("standard output cannot be written (" + error + ")");
    });
}

void run(CommandLine const& line, Communicator const& comm) {
    if (line.command == "show") {
        run_show(line.file, comm);
        return require_standard_output(comm);
    }
    // One rank reads, all parse the same text: they agree on every error in it.
    std::string text;
    agree_on_root(comm, [&] { text = read_text(line.file); });
    Config const config = Config::from_text(comm.broadcast(text), line.file, line.overrides);
    config.root().reads(line.file);
    for (auto const& command : commands)
        if (line.command == command.name) command.run(config, line.options, comm);
    if (line.options.dry_run) require_standard_output(comm);
}

/// Ends the program after a failure: rank 0 reports what all ranks met alike. A failure that the others do not share
/// within ten seconds has left them waiting in some collective call; then the rank that met it reports, and takes them
/// down.
int fail(Communicator const& last_words, int code, char const* message) {
    note_stop_signals();  // a launcher ends all ranks when the first returns; the reason is this failure
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibarrier(last_words.handle(), &request);
    int shared = 0;
    for (int i = 0; i < 1000 && shared == 0; ++i) {
        MPI_Test(&request, &shared, MPI_STATUS_IGNORE);
        if (shared == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (shared != 0) {
        if (last_words.is_root()) std::fprintf(stderr, "hadronforce: %s\n", message);
        return code;
    }
    std::fprintf(stderr, "hadronforce: rank %d of %d: %s\n", last_words.rank(), last_words.size(), message);
    MPI_Abort(MPI_COMM_WORLD, code);
    return code;
}

int run_to_the_end(int argc, char** argv, CommandLine const& line, std::optional<End> const& end,
                   Communicator const& comm) {
    Communicator const last_words = comm.duplicate();
    try {
        agree_on_arguments(argc, argv, comm);
        if (end) return end->code == done ? done : fail(last_words, end->code, end->message.c_str());
        run(line, comm);
        note_stop_signals();
        return done;
    } catch (Stopped const& stopped) {
        note_stop_signals();  // a launcher ends all ranks when the first returns
        if (comm.is_root())
            std::fprintf(stderr, "hadronforce: stopped; what is finished is saved; %s to go on\n",
                         stopped.how_to_go_on.c_str());
        return run_again;
    } catch (std::exception const&) {
        auto const failure = failure_of([] { throw; });
        return fail(last_words, failure->is_input_error ? wrong_input : failed, failure->message.c_str());
    }
}

}  // namespace
}  // namespace hadronforce

int main(int argc, char** argv) {
    using namespace hadronforce;
    hold_stop_signals();
    survive_closed_output();
    CommandLine line;
    // Before MPI starts, so that --help works without mpirun; every rank says the same, so only the launcher's first
    // speaks.
    char const* rank = std::getenv("PMIX_RANK");
    if (rank == nullptr) rank = std::getenv("PMI_RANK");
    bool const speaks = rank == nullptr || std::string(rank) == "0";
    std::optional<End> end;
    for (auto const& command : commands)
        if (argc > 1 && command.run == nullptr && std::string_view(argv[1]) == command.name)
            end = End{failed, become_learning_program(argv)};
    if (!speaks) {
        std::fflush(stdout);
        if (std::freopen("/dev/null", "w", stdout) == nullptr) return failed;
    }
    if (speaks) set_last_words("hadronforce: ended by a signal; nothing was saved on the way, run it again\n");
    note_stop_signals();
    if (!end) end = parse(argc, argv, line);
    if (end && rank == nullptr) {
        if (!end->message.empty()) std::fprintf(stderr, "hadronforce: %s\n", end->message.c_str());
        return end->code;
    }
    if (!line.saves) end_at_stop_signals();
    MpiSession const session(argc, argv);
    auto const world = Communicator::world();
    int const code = run_to_the_end(argc, argv, line, end, world);
    std::fflush(nullptr);
    if (code == failed) {
        // MPI_Finalize would have HDF5 write out what a failed write left behind, which crashes in MPI-IO.
        world.barrier();
        std::_Exit(code);
    }
    return code;
}
