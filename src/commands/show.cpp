#include "commands/command.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <set>
#include <sstream>

namespace hadronforce {
namespace {

constexpr std::int64_t most_values = 60;

/// What stands in every file, and is told otherwise.
bool is_provenance(std::string const& name) {
    static std::set<std::string> const names{"kind",         "format_version", "program", "commit", "build",
                                             "date",         "ranks",          "seed",    "config", "config_defaults",
                                             "input_digests"};
    return names.count(name) != 0;
}

/// Names of a vector's values: its own attribute, or that of its group.
std::vector<std::string> names_of_values(File const& file, std::string const& dataset) {
    std::string const group = dataset.substr(0, dataset.rfind('/'));
    for (auto const& object : {dataset, group})
        if (!object.empty() && file.has_attribute(object, "names")) return file.strings_attribute(object, "names");
    return {};
}

/// "name = value" of each of a short vector whose values have names.
void show_values(File const& file, DatasetSummary const& dataset, Communicator const& comm) {
    if (dataset.shape.size() != 1 || dataset.shape[0] > most_values) return;
    auto const names = names_of_values(file, dataset.name);
    if (names.empty() || static_cast<std::int64_t>(names.size()) != dataset.shape[0]) return;
    auto const values = file.read_all(dataset.name);
    for (std::size_t i = 0; i < names.size(); ++i)
        say(comm, fmt::format("        {} = {:.7g}", names[i], values(static_cast<Eigen::Index>(i), 0)));
}

}  // namespace

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
        if (dataset.shape.size() != 1 && file.has_attribute(dataset.name, "names"))
            say(comm, fmt::format("    names: {}", fmt::join(file.strings_attribute(dataset.name, "names"), ", ")));
        show_values(file, dataset, comm);
    }
    say(comm, "");
    for (auto const& name : file.attribute_names("/"))
        if (!is_provenance(name)) say(comm, fmt::format("{} = {}", name, file.attribute_text("/", name)));
    if (file.has("/failed_samples")) {
        auto const failed = file.read_all("/failed_samples");
        if (failed.size() == 1) say(comm, fmt::format("\nfailed samples: {}", failed(0, 0)));
    }
    say(comm, "\nconfig:");
    std::istringstream config(provenance.config);
    for (std::string line; std::getline(config, line);) say(comm, "    " + line);
}

}  // namespace hadronforce
