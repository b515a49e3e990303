#include "hadronforce/setup/lattice_fit_config.hpp"
#include "hadronforce/setup/stencil_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

std::vector<Eigen::Index> to_widths(std::vector<std::int64_t> const& widths) { return {widths.begin(), widths.end()}; }

void read_penalty(Section const& network, KernelFitConfig& c) {
    bool const is_asymptotic = !c.network.tapers;
    bool const is_chi2 = c.correlator && c.correlator->inverse_variance;
    double const of_local = is_chi2 ? 3e5 : 1e-3;  // what the kernel then does no V(r) can
    c.fit.penalty = network.optional<double>("penalty",
                                             is_asymptotic                     ? 1.0
                                             : !c.network.widths_local.empty() ? of_local
                                             : is_chi2                         ? 1.0
                                                                               : 0.0,
                                             not_negative());
    c.penalty_in_fm = network.has("penalty_from_fm") || (c.correlator && !network.has("penalty_from"));
    std::string const key = c.penalty_in_fm ? "penalty_from_fm" : "penalty_from";
    if (is_asymptotic)
        c.fit.penalty_from = network.required<double>(key, positive());
    else if (network.has(key))
        c.fit.penalty_from = network.required<double>(key, not_negative());
    c.fit.penalty_beyond_both =
        network.optional<std::string>("penalty_beyond", "either", one_of({"either", "both"})) == "both";
}

/// The form that V(r) has beyond the cut.
void read_tail(Section const& network, KernelFitConfig& c) {
    if (!network.has("tail")) return;
    if (!c.correlator) network.fail("tail", "is for correlators; waves end at their cut");
    if (!c.network.tapers) network.fail("tail", "begins where the potential tapers off; asymptotics must be cut");
    Section const section = network.section("tail");
    auto& tail = c.network.tail;
    tail.form = section.required<std::string>("form");
    TailForm const* form = nullptr;
    try {
        form = &tail_form(tail.form);
    } catch (InputError const& error) {
        section.fail("form", error.what());
    }
    tail.scale = section.required<double>(form->key, positive());
    tail.scale_error = section.optional<double>("relative_error", 0.0, between(0.0, 1.0));
    tail.value_is_fixed = section.has("value_at_cut_MeV");
    if (tail.value_is_fixed) tail.value_at_cut = section.required<double>("value_at_cut_MeV");
}

void read_network(Section const& network, KernelFitConfig& c) {
    auto& n = c.network;
    // Hidden units that are not trained must be many.
    bool const is_chi2 = c.correlator && c.correlator->inverse_variance;
    std::vector<std::int64_t> const of_f = is_chi2 ? std::vector<std::int64_t>{16} : std::vector<std::int64_t>{12, 12};
    std::vector<std::int64_t> const of_g = is_chi2 ? std::vector<std::int64_t>{64} : std::vector<std::int64_t>{12, 12};
    std::vector<std::int64_t> const of_local = is_chi2 ? std::vector<std::int64_t>{64} : std::vector<std::int64_t>{};
    if (is_chi2) n.inputs = "logarithm";
    Check<std::int64_t> const units = [](std::int64_t const& value) {
        return value >= 1 && value <= 1000 ? "" : "must lie between 1 and 1000";
    };
    Check<std::int64_t> const units_or_none = [](std::int64_t const& value) {
        return value >= 0 && value <= 1000 ? "" : "must lie between 0 and 1000";
    };
    Check<std::vector<std::int64_t>> const each_or_none = [&](std::vector<std::int64_t> const& widths) {
        return widths.empty() ? std::string() : each(units)(widths);
    };
    n.latent = network.optional<std::int64_t>("latent", n.latent, units_or_none);
    n.widths_f = to_widths(network.optional<std::vector<std::int64_t>>("widths_f", of_f, each(units)));
    n.widths_g = to_widths(network.optional<std::vector<std::int64_t>>("widths_g", of_g, each(units)));
    n.widths_local = to_widths(network.optional<std::vector<std::int64_t>>("widths_local", of_local, each_or_none));
    if (n.latent == 0 && n.widths_local.empty())
        network.fail("latent", "is 0, which leaves out the kernel; then widths_local is needed");
    n.activation = network.optional<std::string>("activation", n.activation, one_of({"silu", "tanh"}));
    n.tapers = network.optional<std::string>("asymptotics", "cut", one_of({"cut", "penalty"})) == "cut";
    if (n.latent > 0) read_penalty(network, c);
    read_tail(network, c);
}

void read_fit(Section const& fit, KernelFitConfig& c) {
    auto& f = c.fit;
    bool const is_chi2 = c.correlator && c.correlator->inverse_variance;
    if (c.correlator) {  // noisy data, whose residual no network should follow to the end
        f.l2 = is_chi2 ? 1.0 : 1e-5;
        f.starts = 4;
    }
    // With errors l2 decides what the data leave open, and samples are fitted as far as the mean is.
    f.l2 = fit.optional<double>("l2", f.l2, is_chi2 ? positive() : not_negative());
    f.goal = fit.optional<double>("goal", is_chi2 ? 0.0 : f.goal, not_negative());
    if (is_chi2 && f.goal > 0.0)
        fit.fail("goal", "is for data without errors; with errors a fit ends at its minimum, remove it");
    f.tolerance = fit.optional<double>("tolerance", f.tolerance, positive());
    f.patience = fit.optional<std::int64_t>("patience", f.patience, at_least(1));
    f.least_progress = fit.optional<double>("least_progress", f.least_progress, between(0.0, 1.0));
    f.most_steps = fit.optional<std::int64_t>("most_steps", f.most_steps, at_least(1));
    f.seed = fit.optional<std::int64_t>("seed", f.seed, at_least(0));
    f.starts = fit.optional<std::int64_t>("starts", f.starts, at_least(1));
    if (c.correlator) c.fits_samples = fit.optional<bool>("samples", true);
}

CorrelatorFitSettings read_correlator(Section const& data) {
    CorrelatorFitSettings settings;
    auto& equation = settings.equation;
    equation.times = read_time_slices(data);
    equation.space_order = read_stencil_order(data, "space_order");
    equation.time_order = read_stencil_order(data, "time_order");
    equation.one_sided = data.optional<bool>("one_sided", false);
    if (data.has("reduced_mass_a")) equation.reduced_mass_a = data.required<double>("reduced_mass_a", positive());
    settings.cut_fm = data.required<double>("cut_fm", positive());
    settings.inverse_variance = data.optional<std::string>("weights", "inverse_variance",
                                                           one_of({"norm", "inverse_variance"})) == "inverse_variance";
    if (settings.inverse_variance) {
        settings.offsets = data.optional<bool>("offsets", true);
        settings.error_floor = data.optional<double>("error_floor", settings.error_floor, between(0.0, 1.0));
    }
    return settings;
}

/// Lengths and strengths the networks see as numbers near one: the radius within which half of U psi lies, and the size
/// of U that a kernel of that range needs.
void set_scales(KernelNetworkSettings& network, KernelFitData const& data) {
    Eigen::ArrayXd const strength = data.targets.array().square().rowwise().mean() * data.measure;
    double const whole = strength.sum();
    double part = 0.0;
    Eigen::Index half = 0;
    while (half + 1 < data.r.size() && (part += strength[half]) < 0.5 * whole) ++half;
    // Logarithms begin where lattice sites do.
    network.r_scale = network.inputs == "logarithm" ? 2.0 / 3.0 * data.r[data.r[0] > 0.0 ? 0 : 1]
                                                    : 2.0 * data.r[std::max<Eigen::Index>(half, 1)];
    double const sources =
        std::sqrt((data.waves.array().square().rowwise().mean() * data.measure).head(half + 1).sum() *
                  data.measure.head(half + 1).sum());
    network.v_scale = std::sqrt(data.targets.topRows(half + 1).array().square().sum() /
                                data.waves.topRows(half + 1).array().square().sum());
    network.u_scale = std::sqrt(data.targets.topRows(half + 1).array().square().mean()) / sources;
}

}  // namespace

KernelFitConfig read_kernel_model(Section const& root) {
    KernelFitConfig c;
    Section const data = root.section("data");
    c.data_file = data.input("file");
    if (data.has("times") || data.has("cut_fm")) c.correlator = read_correlator(data);
    read_network(root.optional_section("network"), c);
    read_fit(root.optional_section("fit"), c);
    return c;
}

KernelFitConfig read_kernel_fit_config(Section const& root) {
    KernelFitConfig c = read_kernel_model(root);
    Section const output = root.section("output");
    c.potential = output.output("potential", OutputKind::hdf5);
    c.learning_curve = output.optional_output("learning_curve", OutputKind::text);
    return c;
}

Eigen::Index check_size(Section const& root, KernelNetworkSettings network) {
    network.cut = network.r_scale = network.u_scale = 1.0;  // which the data may yet have to set
    constexpr Eigen::Index most_parameters = 10000;         // normal equations of 0.8 GB
    auto const parameters = KernelNetwork(network).parameter_count();
    if (parameters > most_parameters)
        root.section("network").fail(
            "widths_f", fmt::format("and the other widths make {} parameters; a fit takes at most {}", parameters,
                                    most_parameters));
    return parameters;
}

KernelFitInput read_kernel_fit_input(Communicator const& comm, KernelFitConfig& config) {
    KernelFitInput input;
    if (config.correlator) {
        input.correlator = std::make_unique<CorrelatorFile>(comm, config.data_file);
        auto const& ensemble = input.correlator->ensemble();
        auto& equation = config.correlator->equation;
        if (equation.reduced_mass_a == 0.0) equation.reduced_mass_a = ensemble.reduced_mass_a();
        equation.mass_asymmetry = ensemble.mass_asymmetry();
        input.units = {false, equation.reduced_mass_a * ensemble.inverse_a_MeV};
        input.wave_axis = "t";
        input.wave_unit = "a";
        input.wave_values = Eigen::Map<Eigen::Array<std::int64_t, Eigen::Dynamic, 1> const>(
                                equation.times.data(), static_cast<Eigen::Index>(equation.times.size()))
                                .cast<double>();
        // What is wrong with a sample shows now, and not after the mean was fitted.
        if (config.fits_samples) input.correlator->R(share_of(input.correlator->samples(), comm.rank(), comm.size()));
        input.correlator_data = std::make_unique<CorrelatorFitData>(comm, *input.correlator, *config.correlator);
        input.mean = input.correlator_data->mean();
        config.network.cut = config.correlator->cut_fm;
    } else {
        auto waves = read_waves(comm, config.data_file);
        input.units = waves.units;
        input.wave_axis = "momentum";
        input.wave_unit = waves.units.natural ? "1" : "MeV/c";
        input.wave_values = waves.momenta;
        input.mean = std::move(waves.data);
        // The outermost radius itself must not be lost to the cut.
        Eigen::Index const last = input.mean.r.size() - 1;
        config.network.cut = 2.0 * input.mean.r[last] - input.mean.r[last - 1];
    }
    if (config.fit.penalty_from > 0.0 && config.penalty_in_fm == input.units.natural)
        throw InputError(config.data_file + (input.units.natural ? ": is in natural units; give network.penalty_from"
                                                                 : ": is in MeV and fm; give network.penalty_from_fm"));
    if (config.fit.penalty > 0.0 && config.fit.penalty_from > input.mean.r[input.mean.r.size() - 1])
        throw InputError(fmt::format("{}: no radius lies beyond network.penalty_from{} = {:g}; lower it",
                                     config.data_file, config.penalty_in_fm ? "_fm" : "", config.fit.penalty_from));
    set_scales(config.network, input.mean);
    auto const& n = config.network;
    if (!std::isnormal(n.r_scale) || !std::isnormal(n.u_scale) || !std::isnormal(n.v_scale))
        throw InputError(config.data_file +
                         ": waves and targets are too large or too small to fit; give them in other units");
    return input;
}

}  // namespace hadronforce
