#pragma once

#include <map>
#include <string>
#include <vector>

namespace hadronforce {

/// A text may go to a pipe or a device; HDF5 needs a file.
enum class OutputKind { text, hdf5 };

/// What a run reads and writes, as its config names it.
struct RunFiles {
    struct Output {
        std::string path;
        OutputKind kind;
        std::string key;  ///< "config.yaml:12: output.file", for messages
    };
    std::vector<std::string> inputs;                  ///< as they are opened, the config itself included; may repeat
    std::map<std::string, std::string> input_of_key;  ///< those that a key names: "potential.file" -> path
    std::vector<Output> outputs;
};

}  // namespace hadronforce
