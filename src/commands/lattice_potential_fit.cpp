#include "commands/lattice_potential_fit.hpp"

#include "commands/command.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

namespace hadronforce {
namespace {

constexpr Eigen::Index curve_points = 401;

/// Where the fit starts; what is left at its default is fixed.
void read_start(Section const& fit, PotentialFitSettings& settings) {
    PotentialForm const* form = nullptr;
    try {
        form = &potential_form(settings.form);
    } catch (InputError const& error) {
        fit.fail("form", std::string("is not known: ") + error.what());
    }
    Section const start = fit.section("start");
    for (auto const& [key, unit, description, is_list, default_value] : form->parameters) {
        if (default_value && !start.has(key)) settings.fixed.push_back(key);
        if (is_list)
            settings.start[key] = start.required<std::vector<double>>(key);
        else if (default_value)
            settings.start[key] = {start.optional<double>(key, *default_value)};
        else
            settings.start[key] = {start.required<double>(key)};
    }
}

/// Of parameters as "strengths_MeV[1]", with commas between.
std::string units_of(std::string const& form, std::vector<std::string> const& names) {
    std::string units;
    for (auto const& name : names)
        for (auto const& parameter : potential_form(form).parameters)
            if (name.substr(0, name.find('[')) == parameter.key) units += (units.empty() ? "" : ", ") + parameter.unit;
    return units;
}

/// "form: yukawa, m_MeV: 146, ..." as a section `potential` takes it.
std::string yaml_of(std::string const& form, PotentialParameters const& parameters) {
    std::string yaml = "form: " + form;
    for (auto const& parameter : potential_form(form).parameters) {
        auto const values = fmt::format("{:.10g}", fmt::join(parameters.at(parameter.key), ", "));
        yaml += fmt::format(", {}: {}", parameter.key, parameter.is_list ? "[" + values + "]" : values);
    }
    return yaml;
}

}  // namespace

std::optional<LocalFitConfig> read_local_fit(Section const& root, CorrelatorFile const& file,
                                             LeadingOrderSettings const& settings) {
    if (!root.has("fit")) return std::nullopt;
    Section const fit = root.section("fit");
    LocalFitConfig config{fit, {}, 0.0, std::numeric_limits<double>::infinity()};
    auto& s = config.settings;
    s.form = fit.required<std::string>("form");
    s.fixed = fit.optional<std::vector<std::string>>("fixed", {});
    read_start(fit, s);
    s.reduced_mass_MeV = settings.reduced_mass_a * file.ensemble().inverse_a_MeV;
    config.r_min_fm = fit.optional<double>("r_min_fm", config.r_min_fm, not_negative());
    if (fit.has("r_max_fm")) config.r_max_fm = fit.required<double>("r_max_fm", positive());
    if (config.r_max_fm <= config.r_min_fm) fit.fail("r_max_fm", "must be larger than r_min_fm");
    s.is_correlated = fit.optional<bool>("correlated", false);
    s.shrinkage = fit.optional<double>("shrinkage", 0.0, between(0.0, 1.0));
    s.error_floor_MeV = fit.optional<double>("error_floor_MeV", 0.0, not_negative());
    if (s.shrinkage != 0.0 && !s.is_correlated) fit.fail("shrinkage", "acts on a covariance; set correlated: true");
    try {
        make_potential(s.form, s.start, s.reduced_mass_MeV);
    } catch (InputError const& error) {
        fit.fail("start", std::string("cannot be taken: ") + error.what());
    }
    return config;
}

namespace {

LocalFit fit_slice(Communicator const& comm, LocalFitConfig const& config, CorrelatorFile const& file,
                   LeadingOrderPotential const& potential, std::size_t slice) {
    double const inverse_a_MeV = file.ensemble().inverse_a_MeV;
    Eigen::ArrayXd const all_r_fm = file.orbits().r() * (units::hbar_c_MeV_fm / inverse_a_MeV);
    LocalFit result{config, potential.times[slice], {}, {}, {}, {}, {}};
    auto& points = result.points;
    Eigen::Index const begin = static_cast<Eigen::Index>(slice) * all_r_fm.size();
    std::vector<Eigen::Index> columns;
    for (Eigen::Index p = 0; p < all_r_fm.size(); ++p)
        if (all_r_fm[p] >= config.r_min_fm && all_r_fm[p] <= config.r_max_fm) {
            points.push_back(p);
            columns.push_back(begin + p);
        }
    auto const kind = file.ensemble().resampling.kind;
    auto constexpr total = LeadingOrderPotential::total;
    RowMatrixXd const own_MeV = inverse_a_MeV * potential.of_sample[total](Eigen::all, columns);
    Eigen::ArrayXd const mean_MeV = inverse_a_MeV * potential.result[total].mean(columns).transpose().array();
    Eigen::ArrayXd const r_fm = all_r_fm(points);
    try {
        result.fit =
            fit_potential(comm, config.settings, kind, file.samples(), r_fm, mean_MeV, potential.samples, own_MeV);
    } catch (InputError const& error) {
        std::string const where = potential.times.size() == 1 ? "" : fmt::format(" at t = {}", potential.times[slice]);
        config.section.fail("form", fmt::format("cannot be fitted{}: {}", where, error.what()));
    }
    auto const curve = [&](Eigen::ArrayXd const& r) {
        return fitted_curve_MeV(comm, config.settings, kind, file.samples(), result.fit, r);
    };
    result.at_points = curve(r_fm);
    result.curve_r_fm = Eigen::ArrayXd::LinSpaced(curve_points, r_fm.minCoeff(), r_fm.maxCoeff());
    result.curve = curve(result.curve_r_fm);
    return result;
}

void write_local_fit(File& file, LocalFit const& fit, CorrelatorFile const& correlator) {
    std::string const group = fmt::format("/fit_t{}", fit.time);
    auto const& s = fit.config.settings;
    auto const& names = fit.fit.names;
    std::string const units = units_of(s.form, names);
    auto const write = [&](std::string const& name, Eigen::RowVectorXd const& values, DatasetMeaning const& meaning) {
        file.write_vector(group + "/" + name, {values.begin(), values.end()}, meaning);
    };
    file.create_dataset(group + "/samples", {correlator.samples(), static_cast<std::int64_t>(names.size())},
                        Precision::float64,
                        {units, "parameters fitted to each resampling sample", {"sample", "parameter"}});
    file.write_rows(group + "/samples", fit.fit.samples, fit.fit.of_sample);
    write("mean", fit.fit.result.mean, {units, "fitted parameters, mean over samples", {"parameter"}});
    write("error", fit.fit.result.error, {units, "fitted parameters, standard error", {"parameter"}});
    for (char const* name : {"/samples", "/mean", "/error"}) file.set_attribute(group + name, "names", names);
    write("curve_r_fm", fit.curve_r_fm.matrix().transpose(), {"fm", "radii of the curve", {"r"}});
    write("curve_V_MeV", fit.curve.mean, {"MeV", "fitted potential, mean over samples", {"r"}});
    write("curve_V_error_MeV", fit.curve.error, {"MeV", "fitted potential, standard error", {"r"}});
    file.set_attribute(group, "form", s.form);
    for (auto const& [key, values] : fit.fit.of_mean) file.set_attribute(group, "of_mean_" + key, values);
    file.set_attribute(group, "fixed", s.fixed);
    file.set_attribute(group, "correlated", std::int64_t{s.is_correlated ? 1 : 0});
    file.set_attribute(group, "shrinkage", s.shrinkage);
    file.set_attribute(group, "error_floor_MeV", s.error_floor_MeV);
    file.set_attribute(group, "r_min_fm", fit.curve_r_fm[0]);
    file.set_attribute(group, "r_max_fm", fit.curve_r_fm[curve_points - 1]);
    file.set_attribute(group, "points", static_cast<std::int64_t>(fit.points.size()));
    file.set_attribute(group, "chi2", fit.fit.chi2);
    file.set_attribute(group, "degrees_of_freedom", fit.fit.degrees_of_freedom);
    file.set_attribute(group, "follows_the_data", std::int64_t{fit.fit.follows_the_data() ? 1 : 0});
}

}  // namespace

std::vector<LocalFit> fit_locally(Communicator const& comm, LocalFitConfig const& config, CorrelatorFile const& file,
                                  LeadingOrderPotential const& potential) {
    std::vector<LocalFit> fits;
    for (std::size_t slice = 0; slice < potential.times.size(); ++slice)
        fits.push_back(fit_slice(comm, config, file, potential, slice));
    return fits;
}

void write_local_fits(File& file, std::vector<LocalFit> const& fits, CorrelatorFile const& correlator) {
    for (auto const& fit : fits) write_local_fit(file, fit, correlator);
}

void say_local_fit(Communicator const& comm, LocalFit const& fit) {
    auto const& r = fit.fit;
    say(comm,
        fmt::format("fit at t = {} of {} to {} points, r = {:.5g} to {:.5g} fm: chi2/dof = {:.6g}/{} = {:.4g} ({})",
                    fit.time, fit.config.settings.form, fit.points.size(), fit.curve_r_fm[0],
                    fit.curve_r_fm[curve_points - 1], r.chi2, r.degrees_of_freedom, r.chi2_per_dof(),
                    fit.config.settings.is_correlated ? "correlated" : "diagonal"));
    if (!r.follows_the_data())
        say(comm,
            fmt::format("BAD FIT at t = {}: {} does not follow the data (chi2/dof above {:g}), and the errors below "
                        "say nothing; start elsewhere (fit.start), take another form or range, or give an error "
                        "floor",
                        fit.time, fit.config.settings.form, largest_chi2_per_dof));
    for (std::size_t i = 0; i < r.names.size(); ++i) {
        auto const column = static_cast<Eigen::Index>(i);
        say(comm, fmt::format("{} = {:.7g} +- {:.2g}", r.names[i], r.result.mean[column], r.result.error[column]));
    }
    say(comm, "fit of the mean, for other configs: potential: {" + yaml_of(fit.config.settings.form, r.of_mean) + "}");
}

}  // namespace hadronforce
