#include "commands/command.hpp"
#include "hadronforce/lattice/correlator_import.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/report/progress.hpp"
#include "hadronforce/setup/resampling_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace hadronforce {
namespace {

using FileName = std::function<std::string(std::string const& configuration, std::int64_t t)>;

/// A name with {configuration} and {t} to fill in, in `folder` unless it is absolute. Refuses what cannot be filled in.
FileName file_name(Section const& section, std::string const& key, std::string const& folder) {
    auto const pattern = section.required<std::string>(key);
    FileName const name = [pattern, folder](std::string const& configuration, std::int64_t t) {
        auto const filled =
            fmt::format(fmt::runtime(pattern), fmt::arg("configuration", configuration), fmt::arg("t", t));
        return (std::filesystem::path(folder) / filled).string();
    };
    try {
        name("x", 0);
    } catch (fmt::format_error const& error) {
        section.fail(key,
                     fmt::format("is not a file name with {{configuration}} and {{t}} or {{t:03}} ({})", error.what()));
    }
    return name;
}

/// Refuses a file name that would be the same for all configurations.
void require_place(Section const& section, std::string const& key, char const* place, bool is_there) {
    if (!is_there)
        section.fail(key, fmt::format("names the same file for every {}; put {{{}}} where it stands", place, place));
}

BaryonFiles read_baryon_files(Section const& section, std::string const& folder, bool many) {
    auto const one = [&](std::string const& key) {
        auto const name = file_name(section, key, folder);
        require_place(section, key, "configuration", !many || name("a", 0) != name("b", 0));
        return [name](std::string const& configuration) { return name(configuration, 0); };
    };
    BaryonFiles files;
    files.particle = one("particle");
    if (section.has("antiparticle")) files.antiparticle = one("antiparticle");
    return files;
}

LatticeBaryon read_baryon(Section const& section) {
    return {section.required<std::string>("name"), section.required<double>("mass_a", positive()),
            section.optional<double>("mass_error_a", 0.0, not_negative())};
}

std::vector<std::string> read_configurations(Section const& root, std::string const& folder) {
    if (!root.has("configurations_from"))
        return root.required<std::vector<std::string>>("configurations", each<std::string>({}));
    if (root.has("configurations")) root.fail("configurations_from", "and configurations are both given; keep one");
    auto const path = (std::filesystem::path(folder) / root.required<std::string>("configurations_from")).string();
    root.reads(path);
    std::istringstream lines(read_text(path));
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        auto const first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#') continue;
        names.push_back(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
    }
    if (names.empty()) root.fail("configurations_from", "names no configuration; give one a line");
    return names;
}

std::vector<std::int64_t> read_times(Section const& section, std::int64_t temporal_extent) {
    std::int64_t const first = section.required<std::int64_t>("first", at_least(0));
    std::int64_t const last = section.required<std::int64_t>("last", at_least(first));
    if (last >= temporal_extent)
        section.fail("last", fmt::format("is {}; it must lie below T = {}", last, temporal_extent));
    std::vector<std::int64_t> times;
    for (std::int64_t t = first; t <= last; ++t) times.push_back(t);
    return times;
}

RawWaveFormat read_format(Section const& section) {
    RawWaveFormat format;
    auto const name = section.required<std::string>("format", one_of({"compressed_a1", "big_endian_zyx", "hdf5"}));
    if (name == "compressed_a1") {
        auto const spins = section.optional<std::vector<std::int64_t>>("spin_components", {1, 2});
        if (spins.size() != 2 || spins[0] == spins[1] || *std::min_element(spins.begin(), spins.end()) < 0 ||
            *std::max_element(spins.begin(), spins.end()) > 3)
            section.fail("spin_components", "must be two different indices from 0 to 3");
        format.spin_components = {static_cast<int>(spins[0]), static_cast<int>(spins[1])};
    } else if (name == "big_endian_zyx") {
        format.kind = RawWaveFormat::Kind::big_endian_zyx;
    } else {
        format.kind = RawWaveFormat::Kind::hdf5;
        format.dataset = section.required<std::string>("dataset");
        if (format.dataset.empty() || format.dataset[0] != '/') format.dataset.insert(0, "/");
    }
    return format;
}

std::vector<std::string> raw_files(ImportSettings const& settings) {
    std::vector<std::string> paths;
    for (auto const& configuration : settings.configurations) {
        for (auto const& baryon : settings.baryons) {
            paths.push_back(baryon.particle(configuration));
            if (baryon.antiparticle) paths.push_back(baryon.antiparticle(configuration));
        }
        for (auto const t : settings.times) paths.push_back(settings.wave_file(configuration, t));
    }
    return paths;
}

ImportSettings read_settings(Config const& config, Communicator const& comm) {
    Section const root = config.root();
    auto const folder = root.optional<std::string>("data_folder", ".");
    agree_on_root(comm, [&] {
        if (std::error_code error; !std::filesystem::is_directory(folder, error))
            root.fail("data_folder",
                      fmt::format("is {}, which is no folder; give the one where the raw files lie", folder));
    });
    ImportSettings settings;
    agree(comm, [&] { settings.configurations = read_configurations(root, folder); });
    auto sorted = settings.configurations;
    std::sort(sorted.begin(), sorted.end());
    if (auto const twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
        root.fail(root.has("configurations") ? "configurations" : "configurations_from",
                  fmt::format("names {} twice; list each configuration once", *twice));
    bool const many = settings.configurations.size() > 1;
    auto& ensemble = settings.ensemble;
    ensemble.configurations = static_cast<std::int64_t>(settings.configurations.size());
    Section const lattice = root.section("lattice");
    ensemble.spatial_extent = lattice.required<std::int64_t>("L", at_least(2));
    ensemble.temporal_extent = lattice.required<std::int64_t>("T", at_least(1));
    ensemble.inverse_a_MeV = lattice.required<double>("inverse_a_MeV", positive());
    if (ensemble.spatial_extent > 1024) lattice.fail("L", "must be at most 1024");
    if (ensemble.temporal_extent > 100000) lattice.fail("T", "must be at most 100000");

    Section const baryon1 = root.section("baryon1");
    ensemble.baryons[0] = ensemble.baryons[1] = read_baryon(baryon1);
    settings.baryons.push_back(read_baryon_files(baryon1, folder, many));
    if (root.has("baryon2")) {
        Section const baryon2 = root.section("baryon2");
        ensemble.baryons[1] = read_baryon(baryon2);
        settings.baryons.push_back(read_baryon_files(baryon2, folder, many));
    }
    Section const nbs = root.section("nbs");
    ensemble.channel = nbs.required<std::string>("channel");
    ensemble.source = nbs.required<std::string>("source");
    settings.times = read_times(nbs.section("times"), ensemble.temporal_extent);
    settings.wave_format = read_format(nbs);
    settings.wave_file = file_name(nbs, "files", folder);
    require_place(nbs, "files", "configuration", !many || settings.wave_file("a", 0) != settings.wave_file("b", 0));
    require_place(nbs, "files", "t",
                  settings.times.size() < 2 || settings.wave_file("a", 0) != settings.wave_file("a", 1));
    ensemble.resampling = read_resampling(root, ensemble.configurations);
    for (auto const& path : raw_files(settings)) root.reads(path);
    return settings;
}

}  // namespace

void run_lattice_import(Config const& config, CommandOptions const& options, Communicator const& comm) {
    ImportSettings const settings = read_settings(config, comm);
    auto const path = config.root().section("output").output("file", OutputKind::hdf5);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    auto const& ensemble = settings.ensemble;
    say(comm,
        fmt::format("lattice-import: {}, {}^3 x {} lattice, 1/a = {} MeV, {} configurations, t = {} to {}, {} rank{}",
                    ensemble.channel, ensemble.spatial_extent, ensemble.temporal_extent, ensemble.inverse_a_MeV,
                    ensemble.configurations, settings.times.front(), settings.times.back(), comm.size(),
                    comm.size() == 1 ? "" : "s"));
    Progress progress(comm, "configurations", ensemble.configurations);
    // The other ranks have read about as many.
    Correlator const correlator = import_correlator(comm, settings, [&](std::int64_t read) {
        progress.update(std::min(ensemble.configurations, read * comm.size()), 0);
    });
    write_atomically(comm, path, [&](std::string const& temporary) {
        write_correlator(comm, temporary, correlator, config.resolved());
    });
    say(comm, fmt::format("{} samples ({}, bins of {})", sample_count(ensemble.resampling, ensemble.configurations),
                          name_of(ensemble.resampling.kind), ensemble.resampling.bin_size));
    say(comm, "correlator: " + path);
}

}  // namespace hadronforce
