#include "commands/command.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <limits>
#include <sstream>

namespace hadronforce {

void run_show(std::string const& path, Communicator const& comm) {
    File const file(comm, path, File::Mode::read);
    Provenance const provenance = read_provenance(file, "", std::numeric_limits<std::int64_t>::max());
    say(comm, fmt::format("{}: {}, format version {}", path, provenance.kind, provenance.format_version));
    say(comm, fmt::format("written by {} ({}), {}, on {} rank(s), seed {}", file.string_attribute("/", "program"),
                          file.string_attribute("/", "commit"), file.string_attribute("/", "date"),
                          file.integer_attribute("/", "ranks"), provenance.seed));
    say(comm, "");
    for (auto const& dataset : file.datasets()) {
        std::string shape;
        for (std::size_t i = 0; i < dataset.shape.size(); ++i) {
            std::string const axis = i < dataset.meaning.axes.size() ? dataset.meaning.axes[i] + " " : "";
            shape += fmt::format("{}{}{}", i == 0 ? "" : " x ", axis, dataset.shape[i]);
        }
        say(comm, fmt::format("{}  [{}]  {}  unit: {}", dataset.name, shape, dataset.type, dataset.meaning.unit));
        if (!dataset.meaning.description.empty()) say(comm, "    " + dataset.meaning.description);
        if (file.has_attribute(dataset.name, "names"))
            say(comm, fmt::format("    names: {}", fmt::join(file.strings_attribute(dataset.name, "names"), ", ")));
    }
    if (file.has("/failed_samples")) {
        auto const failed = file.read_all("/failed_samples");
        if (failed.size() == 1) say(comm, fmt::format("\nfailed samples: {}", failed(0, 0)));
    }
    say(comm, "\nconfig:");
    std::istringstream config(provenance.config);
    for (std::string line; std::getline(config, line);) say(comm, "    " + line);
}

}  // namespace hadronforce
