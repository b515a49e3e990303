#include "hadronforce/lattice/waves_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "lattice/kernel_units.hpp"

#include <fmt/format.h>

namespace hadronforce {

void write_waves(Communicator const& comm, std::string const& path, WavesFile const& waves, std::string const& config) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"waves", waves_format_version, config, 0});
    write_units(file, waves.units);
    auto const& unit = names(waves.units);
    file.write_vector("/r", to_vector(waves.data.r), {unit.length, "distinct radii", {"r"}});
    file.write_vector("/measure", to_vector(waves.data.measure),
                      {unit.volume, "volume that each radius stands for", {"r"}});
    file.write_vector("/momentum", to_vector(waves.momenta), {unit.momentum, "momentum of each wave", {"wave"}});
    file.write_all("/wave", waves.data.waves.transpose(), Precision::float64,
                   {"1", "Nambu-Bethe-Salpeter waves psi(r)", {"wave", "r"}});
    file.write_all("/target", waves.data.targets.transpose(), Precision::float64,
                   {unit.target, "(E - H0) psi = integral d^3r' U(r, r') psi(r')", {"wave", "r"}});
    file.close();
}

WavesFile read_waves(Communicator const& comm, std::string const& path) {
    File const file(comm, path, File::Mode::read);
    read_provenance(file, "waves", waves_format_version);
    WavesFile waves{read_units(file), read_column(file, "/momentum"), {}};
    waves.data.r = read_column(file, "/r");
    waves.data.measure = read_column(file, "/measure");
    waves.data.waves = file.read_all("/wave").transpose();
    waves.data.targets = file.read_all("/target").transpose();
    agree(comm, [&] {
        try {
            waves.data.weights = norm_weights(waves.data.measure, waves.data.targets);
            check(waves.data);
        } catch (InputError const& error) {
            throw InputError(path + ": " + error.what() + "; write the file again");
        }
        if (waves.momenta.size() != waves.data.waves.cols())
            throw InputError(fmt::format("{}:/momentum: has {} entries, /wave has {} waves; write the file again", path,
                                         waves.momenta.size(), waves.data.waves.cols()));
    });
    return waves;
}

}  // namespace hadronforce
