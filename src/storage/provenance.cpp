#include "hadronforce/storage/provenance.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace hadronforce {

void write_provenance(File& file, Provenance const& provenance) {
    file.set_attribute("/", "program", "hadronforce " + program_version());
    file.set_attribute("/", "commit", source_commit());
    file.set_attribute("/", "kind", provenance.kind);
    file.set_attribute("/", "format_version", provenance.format_version);
    file.set_attribute("/", "config", provenance.config);
    file.set_attribute("/", "seed", provenance.seed);
    auto const date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    file.set_attribute("/", "date", file.comm().broadcast(date));
    file.set_attribute("/", "ranks", std::int64_t{file.comm().size()});
}

Provenance read_provenance(File const& file, std::string const& expected_kind, std::int64_t newest_version) {
    bool const ours = file.has_attribute("/", "kind") && file.has_attribute("/", "format_version") &&
                      file.has_attribute("/", "config");
    agree(file.comm(), [&] {
        if (!ours) throw InputError(file.path() + ": was not written by hadronforce");
    });
    Provenance provenance;
    provenance.kind = file.string_attribute("/", "kind");
    provenance.format_version = file.integer_attribute("/", "format_version");
    provenance.config = file.string_attribute("/", "config");
    provenance.seed = file.integer_attribute("/", "seed");
    agree(file.comm(), [&] {
        if (!expected_kind.empty() && provenance.kind != expected_kind)
            throw InputError(
                fmt::format("{}: is a {} file; a {} file is needed", file.path(), provenance.kind, expected_kind));
        if (provenance.format_version < 1)
            throw InputError(fmt::format("{}:/@format_version: is {}, versions begin with 1; write the file again",
                                         file.path(), provenance.format_version));
        if (provenance.format_version > newest_version)
            throw InputError(
                fmt::format("{}: has format version {}, this program reads up to {}; use a newer hadronforce",
                            file.path(), provenance.format_version, newest_version));
    });
    return provenance;
}

}  // namespace hadronforce
