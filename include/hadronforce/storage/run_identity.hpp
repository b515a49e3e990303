#pragma once

#include "hadronforce/storage/file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// What decides whether stored work is this run's, to be continued or found finished: the config by its meaning, and
/// the content of every file that it names. A checkpoint is written with write_identity and read with difference:
///
///     write_identity(file, identity);                       // beside write_provenance
///     auto const what = difference(file, identity);         // empty: go on
///     if (!what.empty()) throw InputError(path + ": belongs to another run: " + what + "; ...");
///
/// The commands make one by identity_of (commands/command.hpp).
struct RunIdentity {
    struct Input {
        std::string key;     ///< of the config, "potential.file"
        std::string path;    ///< for messages
        std::string digest;  ///< digest_of_file; empty: unlike everything, itself included
    };
    std::string config;                 ///< resolved, as YAML text
    std::vector<std::string> defaults;  ///< keys at their default value: one side may lack them
    std::vector<Input> inputs;
    std::vector<std::string> ignored;  ///< keys that change no number, with all below them: outputs, how often to save
};

/// Collective. Attributes of "/": `config_defaults`, a key a line, and `input_digests`, "KEY DIGEST" a line. The config
/// itself is part of the provenance.
void write_identity(File& file, RunIdentity const& identity);

/// Collective. The identity of the run that wrote a file, for another file to be compared with.
RunIdentity read_identity(File const& file);

/// Collective. What differs between the run that wrote a file and this one, for a message: "source.r0_fm was 1.2 and is
/// 1.5", "design.csv has changed since". Empty where nothing does. Order of keys, spelling of numbers, defaults that
/// are written out, and names of input files do not count. Digests are compared only where the file has them.
std::string difference(File const& file, RunIdentity const& identity);

}  // namespace hadronforce
