#include "commands/infer_output.hpp"

#include "commands/minima_output.hpp"
#include "commands/potential_radii.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t inference_format_version = 1;

/// A line of the table: none, or not a number, is a dash.
struct Row {
    std::string name;
    std::optional<double> truth, fit, fit_error, network, network_error;
    std::string unit;
    bool at_bound = false;
};

std::string cell(std::optional<double> const& value, bool is_error = false) {
    if (!value || !std::isfinite(*value)) return "-";
    return is_error ? fmt::format("{:.2g}", *value) : fmt::format("{:.6g}", *value);
}

template <class ValueOf>
std::optional<double> of(std::optional<Explanation> const& explanation, ValueOf const& value_of) {
    return explanation ? std::optional<double>(value_of(*explanation)) : std::nullopt;
}

std::vector<Row> rows(SampleFamily const& family, Inference const& r) {
    std::vector<Row> table;
    for (std::size_t i = 0; i < r.names.size(); ++i) {
        auto const at = static_cast<Eigen::Index>(i);
        table.push_back({r.names[i], of(r.truth, [&](auto const& e) { return e.parameters[at]; }),
                         of(r.fit, [&](auto const& e) { return e.parameters[at]; }),
                         of(r.fit, [&](auto const& e) { return e.parameter_errors[at]; }), r.network_value[at],
                         r.network_error[at], r.units[i], r.fit && r.at_bound[i]});
    }
    auto const numbers = family.pair().kind->quantities().numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto const value = [i](Explanation const& e) { return e.numbers[static_cast<Eigen::Index>(i)]; };
        auto const error = [i](Explanation const& e) { return e.number_errors[static_cast<Eigen::Index>(i)]; };
        table.push_back({numbers[i].name, of(r.truth, value), of(r.fit, value), of(r.fit, error), of(r.network, value),
                         std::nullopt, numbers[i].unit});
    }
    auto const& potentials = r.best().potentials;
    for (std::size_t p = 0; p < potentials.size(); ++p) {
        if (!potentials[p].varies) continue;
        std::string const prefix = potentials.size() == 1 ? "" : potentials[p].path + " ";
        Eigen::ArrayXd const radii = potential_radii_fm();
        for (double radius : {0.0, 0.1, 0.2, 0.4, 0.8, 1.5}) {
            auto const value = [=](Explanation const& e) { return e.potentials[p].potential->value_MeV(radius); };
            Eigen::Index nearest = 0;
            (radii - radius).abs().minCoeff(&nearest);
            auto const error = [=](Explanation const& e) {
                return e.potential_errors_MeV(static_cast<Eigen::Index>(p), nearest);
            };
            table.push_back({fmt::format("{}V({:.1f} fm)", prefix, radius), of(r.truth, value), of(r.fit, value),
                             of(r.fit, error), of(r.network, value), std::nullopt, "MeV"});
        }
    }
    return table;
}

/// How well C agrees with the data.
std::string agreement(Inference const& r, double chi2, double degrees_of_freedom) {
    if (r.covariance_of_data.size() == 0)
        return fmt::format("root mean square of C - data: {:.2e}",
                           std::sqrt(chi2 / static_cast<double>(r.data.size())));
    return fmt::format("chi2 = {:.4f} for {:.0f} degrees of freedom, p = {:.3g}", chi2, degrees_of_freedom,
                       chi2_probability(chi2, degrees_of_freedom));
}

/// Of the network's +-.
std::string what_errors_hold(Inference const& r) {
    if (r.network_extrapolates) return "     it extrapolates, and its errors are not known";
    if (r.by_references) return "     its +- is what the training's samples that meet the data leave open";
    if (r.network_takes_errors)
        return r.network_error.allFinite()
                   ? "     its +- is what it learnt of data with such errors"
                   : "     it has no errors: a network with network.estimator: gaussian learns them";
    return fmt::format(
        "     its +- holds {}, gaps and interpolation of the data, and the network's own error",
        r.covariance_of_data.size() > 0
            ? "the data's errors"
            : fmt::format("an error of about {:.1e} of every C, as the data tell (they have none)", r.error_of_data));
}

/// Of all measurements, one after the other.
void write_momenta(File& file, Inference const& r) {
    auto const& k = r.data.k_star_MeV();
    file.write_vector("/k_star_MeV", {k.begin(), k.end()}, {"MeV/c", "relative momentum k* of the data", {"k_star"}});
    if (r.measurements == single_measurement(r.measurements.total())) return;
    std::vector<double> sizes;
    for (auto const& one : r.data.all()) sizes.push_back(static_cast<double>(one.size()));
    file.set_attribute("/k_star_MeV", "measurements", r.measurements.names);
    file.set_attribute("/k_star_MeV", "curves", r.measurements.curves);
    file.set_attribute("/k_star_MeV", "sizes", sizes);
}

}  // namespace

std::string inference_report(SampleFamily const& family, Inference const& r) {
    auto const table = rows(family, r);
    std::size_t width = 16;
    for (auto const& row : table) width = std::max(width, row.name.size());
    std::string text = fmt::format("{:<{}} {:>14} {:>14} {:>10} {:>14} {:>10}  unit\n", "", width, "true", "fit", "+-",
                                   "network", "+-");
    for (auto const& row : table)
        text += fmt::format("{:<{}} {:>14} {:>14} {:>10} {:>14} {:>10}  {}\n", row.name, width, cell(row.truth),
                            cell(row.fit), row.at_bound ? "at bound" : cell(row.fit_error, true), cell(row.network),
                            cell(row.network_error, true), row.unit);
    auto const bins = static_cast<double>(r.data.size());
    bool const has_errors = r.covariance_of_data.size() > 0;
    if (r.fit)
        text += fmt::format(
            "fit: exact solutions fitted to the data, from the network's answer on, within the priors; {}\n"
            "     its +- holds {} and the solver's tolerance, to first order; nothing is interpolated\n",
            agreement(r, r.fit_chi2, r.degrees_of_freedom),
            has_errors
                ? "the data's errors"
                : "an equal, independent error of every C, as the scatter about the fit tells (the data have none)");
    for (auto const& line : lines_of(r.others, r.names, has_errors ? "chi2" : "sum_of_squares"))
        text += "     " + line + "\n";
    text += fmt::format("network: {}\n", r.network ? agreement(r, r.network_chi2, bins) : "its answer has no solution");
    text += what_errors_hold(r);
    if (r.fit && has_errors && chi2_probability(r.fit_chi2, r.degrees_of_freedom) < 1e-3)
        text += "\nthe model does not describe the data: errors of its parameters are not to be trusted";
    return text;
}

void write_inference(Communicator const& comm, std::string const& path, std::string const& config,
                     SampleFamily const& family, Inference const& r) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"inference", inference_format_version, config, 0});
    auto const vector = [&](std::string const& name, Eigen::ArrayXd const& values, std::string const& unit,
                            char const* description, char const* axis) {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {axis}});
    };
    auto const& best = r.best();
    bool const has_errors = r.covariance_of_data.size() > 0;
    write_momenta(file, r);
    vector("/correlation/data", r.data.correlation(), "1", "C(k*) that was explained", "k_star");
    if (has_errors)
        vector("/correlation/error", r.covariance_of_data.diagonal().array().sqrt(), "1", "standard error of the data",
               "k_star");
    vector("/correlation/inferred", best.correlation, "1", "C(k*) of the inferred interaction, solved exactly",
           "k_star");
    if (r.network)
        vector("/correlation/network", r.network->correlation, "1", "C(k*) of the network's answer, solved exactly",
               "k_star");
    Eigen::ArrayXd const radii = potential_radii_fm();
    auto const values = [&](Explanation const& explanation, std::size_t p) {
        Eigen::ArrayXd v(radii.size());
        explanation.potentials[p].potential->fill_MeV(radii, v);
        return v;
    };
    for (std::size_t p = 0; p < best.potentials.size(); ++p) {
        std::string const folder = best.potentials.size() == 1 ? "/potential" : fmt::format("/waves/{}/potential", p);
        auto const potential = [&](char const* name, std::optional<Explanation> const& explanation,
                                   char const* description) {
            if (explanation) vector(folder + "/" + name, values(*explanation, p), "MeV", description, "r");
        };
        vector(folder + "/r_fm", radii, "fm", "radius", "r");
        vector(folder + "/inferred_MeV", values(best, p), "MeV", "inferred V(r)", "r");
        if (r.fit)
            vector(folder + "/error_MeV",
                   r.fit->potential_errors_MeV.row(static_cast<Eigen::Index>(p)).transpose().array(), "MeV",
                   "standard error of inferred V(r), from the parameters' covariance", "r");
        potential("network_MeV", r.network, "V(r) of the network's answer");
        potential("true_MeV", r.truth, "true V(r)");
        file.set_attribute(folder + "/inferred_MeV", "path", best.potentials[p].path);
        file.set_attribute(folder + "/inferred_MeV", "varies", std::int64_t{best.potentials[p].varies});
    }
    std::string const units = fmt::format("{}", fmt::join(r.units, ", "));
    auto const parameters = [&](std::string const& name, Eigen::VectorXd const& v, char const* description) {
        vector("/parameters/" + name, v.array(), units, description, "parameter");
    };
    parameters("inferred", best.parameters, "inferred parameters");
    parameters("network", r.network_value, "the network's parameters");
    parameters("network_error", r.network_error,
               "NaN where it extrapolates; else from the data's errors, gaps and interpolation, and the network's "
               "error on its test part");
    if (r.fit) {
        parameters("error", r.fit->parameter_errors, "standard errors of the fit; 0 at a bound");
        file.write_all("/parameters/covariance", r.covariance, Precision::float64,
                       {"products of the parameters' units", "covariance of the fit", {"parameter", "parameter"}});
    }
    file.set_attribute("/parameters", "names", r.names);
    file.set_attribute("/parameters", "inferred_by", r.fit ? "fit" : "network");
    char const* const agreement = has_errors ? "chi2" : "sum_of_squares";
    write_minima(file, r.others, units, agreement);
    if (r.fit) file.set_attribute("/", agreement, r.fit_chi2);
    if (r.fit) file.set_attribute("/", "degrees_of_freedom", r.degrees_of_freedom);
    if (r.network) file.set_attribute("/", std::string("network_") + agreement, r.network_chi2);
    auto const numbers = family.pair().kind->quantities().numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto const column = static_cast<Eigen::Index>(i);
        file.set_attribute("/", numbers[i].name, best.numbers[column]);
        if (r.fit) file.set_attribute("/", "error_" + numbers[i].name, r.fit->number_errors[column]);
        if (r.truth) file.set_attribute("/", "true_" + numbers[i].name, r.truth->numbers[column]);
    }
    if (r.truth) parameters("true", r.truth->parameters, "true parameters");
    file.close();
}

std::string answer_report(Inference const& r, std::optional<Eigen::VectorXd> const& truth) {
    std::string text = fmt::format("{:<24} {:>14} {:>14} {:>10}  unit\n", "", "true", "network", "+-");
    for (std::size_t i = 0; i < r.names.size(); ++i) {
        auto const at = static_cast<Eigen::Index>(i);
        text += fmt::format("{:<24} {:>14} {:>14} {:>10}  {}\n", r.names[i],
                            cell(truth ? std::optional<double>((*truth)[at]) : std::nullopt), cell(r.network_value[at]),
                            cell(r.network_error[at], true), r.units[i]);
    }
    return text + what_errors_hold(r);
}

void write_answer(Communicator const& comm, std::string const& path, std::string const& config, Inference const& r,
                  std::optional<Eigen::VectorXd> const& truth) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"inference", inference_format_version, config, 0});
    auto const vector = [&](std::string const& name, Eigen::ArrayXd const& values, std::string const& unit,
                            char const* description, char const* axis) {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {axis}});
    };
    write_momenta(file, r);
    vector("/correlation/data", r.data.correlation(), "1", "C(k*) of the data", "k_star");
    if (r.covariance_of_data.size() > 0)
        vector("/correlation/error", r.covariance_of_data.diagonal().array().sqrt(), "1", "standard error of the data",
               "k_star");
    std::string const units = fmt::format("{}", fmt::join(r.units, ", "));
    vector("/targets/network", r.network_value.array(), units, "the network's answer", "target");
    vector("/targets/network_error", r.network_error.array(), units, "NaN where it is not known", "target");
    if (truth) vector("/targets/true", truth->array(), units, "the truth", "target");
    file.set_attribute("/targets", "names", r.names);
    file.close();
}

}  // namespace hadronforce
