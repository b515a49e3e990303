#include "hadronforce/lattice/kernel_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

std::vector<double> to_vector(Eigen::Ref<Eigen::ArrayXd const> const& values) { return {values.begin(), values.end()}; }

struct UnitNames {
    char const* length;
    char const* volume;
    char const* momentum;
    char const* kernel;
    char const* target;
};
constexpr UnitNames physical{"fm", "fm^3", "MeV/c", "MeV/fm^3", "MeV"};
constexpr UnitNames natural{"1", "1", "1", "1", "1"};
UnitNames const& names(KernelUnits const& units) { return units.natural ? natural : physical; }

void write_units(File& file, KernelUnits const& units) {
    file.set_attribute("/", "units", units.natural ? "natural" : "physical");
    file.set_attribute("/", units.natural ? "reduced_mass" : "reduced_mass_MeV", units.reduced_mass);
}

Eigen::ArrayXd read_column(File const& file, std::string const& name) {
    auto const values = file.read_all(name);
    agree(file.comm(), [&] {
        if (values.cols() != 1 || !values.allFinite())
            throw InputError(file.path() + ":" + name + ": must be one column of finite numbers; write the file again");
    });
    return values.col(0).array();
}

RowMatrixXd curve_rows(std::vector<KernelFitStep> const& curve) {
    RowMatrixXd rows(static_cast<Eigen::Index>(curve.size()), 5);
    for (std::size_t i = 0; i < curve.size(); ++i)
        rows.row(static_cast<Eigen::Index>(i)) << static_cast<double>(curve[i].step), curve[i].residual, curve[i].loss,
            curve[i].damping, curve[i].seconds;
    return rows;
}

void write_curve(File& file, std::vector<KernelFitStep> const& curve) {
    file.write_all("/curve", curve_rows(curve), Precision::float64,
                   {"1, 1, 1, 1, s", "step, relative residual, loss, damping, seconds", {"step", "column"}});
}

std::vector<std::int64_t> widths(File const& file, std::string const& name) {
    std::vector<std::int64_t> result;
    for (double width : file.doubles_attribute("/network", name)) result.push_back(static_cast<std::int64_t>(width));
    return result;
}

}  // namespace

KernelUnits read_kernel_units(File const& file) {
    KernelUnits units;
    auto const name = file.string_attribute("/", "units");
    agree(file.comm(), [&] {
        if (name != "natural" && name != "physical")
            throw InputError(file.path() + ":/@units: is '" + name + "'; it must be physical or natural");
    });
    units.natural = name == "natural";
    units.reduced_mass = file.double_attribute("/", units.natural ? "reduced_mass" : "reduced_mass_MeV");
    agree(file.comm(), [&] {
        if (!(units.reduced_mass > 0.0))
            throw InputError(file.path() + ":/@reduced_mass: must be positive; write the file again");
    });
    return units;
}

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
    WavesFile waves{read_kernel_units(file), read_column(file, "/momentum"), {}};
    waves.data.r = read_column(file, "/r");
    waves.data.measure = read_column(file, "/measure");
    waves.data.waves = file.read_all("/wave").transpose();
    waves.data.targets = file.read_all("/target").transpose();
    agree(comm, [&] {
        try {
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

void write_fitted_kernel(Communicator const& comm, std::string const& path, FittedKernel const& kernel,
                         WavesFile const& waves, KernelFitState const& state, std::string const& how_it_ended,
                         std::string const& config, std::int64_t seed) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"potential", potential_format_version, config, seed});
    write_units(file, kernel.units);
    file.set_attribute("/", "fit_end", how_it_ended);
    file.set_attribute("/", "residual", state.curve.back().residual);
    auto const& unit = names(kernel.units);
    auto const& data = waves.data;
    Eigen::ArrayXXd u(data.r.size(), data.r.size());
    kernel.network.fill(data.r, data.r, u);
    file.write_vector("/r", to_vector(data.r), {unit.length, "distinct radii", {"r"}});
    file.write_all("/U", u.matrix(), Precision::float64, {unit.kernel, "the kernel U(r, r')", {"r", "r_prime"}});
    Eigen::MatrixXd const acted = u.matrix() * (data.waves.array().colwise() * data.measure).matrix();
    file.write_all("/effective_local", (acted.array() / data.waves.array()).matrix().transpose(), Precision::float64,
                   {unit.target, "integral d^3r' U(r, r') psi(r') / psi(r) of each wave", {"wave", "r"}});
    file.write_vector("/momentum", to_vector(waves.momenta), {unit.momentum, "momentum of each wave", {"wave"}});
    file.write_all("/relative_residual", relative_residuals(kernel.network, data).transpose(), Precision::float64,
                   {"1", "(U psi - target) sqrt(measure) / norm of the target", {"wave", "r"}});
    write_curve(file, state.curve);
    auto const& settings = kernel.network.settings();
    file.write_vector("/network/parameters", to_vector(kernel.network.parameters().array()),
                      {"1", "weights and biases of f, then of g, layer by layer", {"parameter"}});
    file.set_attribute("/network", "activation", settings.activation);
    file.set_attribute("/network", "latent", std::int64_t{settings.latent});
    file.set_attribute("/network", "widths_f", std::vector<double>(settings.widths_f.begin(), settings.widths_f.end()));
    file.set_attribute("/network", "widths_g", std::vector<double>(settings.widths_g.begin(), settings.widths_g.end()));
    file.set_attribute("/network", "cut", settings.cut);
    file.set_attribute("/network", "r_scale", settings.r_scale);
    file.set_attribute("/network", "u_scale", settings.u_scale);
    file.close();
}

FittedKernel read_fitted_kernel(Communicator const& comm, std::string const& path) {
    File const file(comm, path, File::Mode::read);
    read_provenance(file, "potential", potential_format_version);
    KernelUnits const units = read_kernel_units(file);
    KernelNetworkSettings settings;
    settings.activation = file.string_attribute("/network", "activation");
    settings.latent = file.integer_attribute("/network", "latent");
    auto const f = widths(file, "widths_f"), g = widths(file, "widths_g");
    settings.widths_f = {f.begin(), f.end()};
    settings.widths_g = {g.begin(), g.end()};
    settings.cut = file.double_attribute("/network", "cut");
    settings.r_scale = file.double_attribute("/network", "r_scale");
    settings.u_scale = file.double_attribute("/network", "u_scale");
    auto const parameters = read_column(file, "/network/parameters");
    std::optional<KernelNetwork> network;
    agree(comm, [&] {
        try {
            network.emplace(settings);
            network->set_parameters(parameters.matrix());
        } catch (InputError const& error) {
            throw InputError(path + ":/network: " + error.what() + "; fit the kernel again");
        }
    });
    return {units, std::move(*network)};
}

void write_fit_checkpoint(Communicator const& comm, std::string const& path, KernelFitState const& state,
                          std::string const& config) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"fit_checkpoint", fit_checkpoint_format_version, config, 0});
    file.set_attribute("/", "step", state.step);
    file.set_attribute("/", "damping", state.damping);
    file.set_attribute("/", "loss", state.loss);
    file.set_attribute("/", "seconds", state.seconds);
    file.write_vector("/parameters", to_vector(state.parameters.array()),
                      {"1", "weights and biases of f, then of g", {"parameter"}});
    write_curve(file, state.curve);
    file.close();
}

KernelFitState read_fit_checkpoint(Communicator const& comm, std::string const& path, std::string const& config,
                                   Eigen::Index parameters) {
    File const file(comm, path, File::Mode::read);
    auto const provenance = read_provenance(file, "fit_checkpoint", fit_checkpoint_format_version);
    KernelFitState state;
    state.step = file.integer_attribute("/", "step");
    state.damping = file.double_attribute("/", "damping");
    state.loss = file.double_attribute("/", "loss");
    state.seconds = file.double_attribute("/", "seconds");
    state.parameters = read_column(file, "/parameters").matrix();
    auto const curve = file.read_all("/curve");
    agree(comm, [&] {
        if (provenance.config != config)
            throw InputError(path +
                             ": belongs to another config; fit without --resume, or with the config it was made with");
        if (state.parameters.size() != parameters || curve.cols() != 5)
            throw InputError(path + ": does not fit the network; fit without --resume");
    });
    for (Eigen::Index i = 0; i < curve.rows(); ++i)
        state.curve.push_back(
            {static_cast<std::int64_t>(curve(i, 0)), curve(i, 1), curve(i, 2), curve(i, 3), curve(i, 4)});
    return state;
}

}  // namespace hadronforce
