#include "commands/fit_output.hpp"

#include "hadronforce/dataset/unit_of_key.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t fit_format_version = 1;

std::string side(std::optional<double> const& distance, bool failed, char sign) {
    return distance ? fmt::format("{}{:.2g}", sign, *distance)
                    : fmt::format("{}({})", sign, failed ? "not found" : "bound");
}

std::string chi2_text(FitResult const& r) {
    return fmt::format("chi2/ndf = {:.6g}/{:.0f} = {:.5g}, p = {:.3g}", r.fit.chi2, r.degrees_of_freedom,
                       r.degrees_of_freedom > 0.0 ? r.fit.chi2 / r.degrees_of_freedom : 0.0, r.p_value);
}

std::string parameter_text(FitConfig const& config, FitResult const& r, std::size_t i) {
    auto const at = static_cast<Eigen::Index>(i);
    auto text = fmt::format("{} = {:.6g}", config.parameters[i].name, r.fit.values[at]);
    if (!r.fit.is_determined(at)) return text + " (not determined by the data)";
    text += r.fit.at_bound[i] ? " (at its bound)" : fmt::format(" +- {:.2g}", r.fit.errors()[at]);
    if (r.profile.empty()) return text;
    auto const& profile = r.profile[i];
    return text + fmt::format(", profile {} {}", side(profile.down, profile.down_failed, '-'),
                              side(profile.up, profile.up_failed, '+'));
}

/// "lambda + 0.5 normalisation"
std::string sum_text(FitConfig const& config, Eigen::VectorXd const& coefficients) {
    std::string text;
    for (Eigen::Index i = 0; i < coefficients.size(); ++i) {
        double const c = coefficients[i];
        if (std::fabs(c) < 1e-3) continue;
        text += text.empty() ? (c < 0.0 ? "-" : "") : (c < 0.0 ? " - " : " + ");
        if (std::fabs(std::fabs(c) - 1.0) > 5e-4) text += fmt::format("{:.4g} ", std::fabs(c));
        text += config.parameters[static_cast<std::size_t>(i)].name;
    }
    return text;
}

/// What the data leave open, and what they determine of it all the same.
std::vector<std::string> open_directions(FitConfig const& config, LeastSquaresFit const& fit) {
    std::vector<std::string> lines;
    for (Eigen::Index i = 0; i < fit.undetermined.cols(); ++i) {
        Eigen::VectorXd const direction = fit.undetermined.col(i);
        lines.push_back((direction.array().abs() > 1e-3).count() == 1
                            ? sum_text(config, direction) + " changes nothing in the data; give it a value"
                            : "the data do not determine a change of the parameters along " +
                                  sum_text(config, direction) + "; give one of them a value");
    }
    for (auto const& combination : determined_combinations(fit))
        lines.push_back(fmt::format("determined: {} = {:.6g} +- {:.2g}", sum_text(config, combination.coefficients),
                                    combination.value, combination.error));
    return lines;
}

/// Up to three bins that lie more than five errors from the model, the farthest first.
std::string farthest_bins(FitConfig const& config, FitResult const& r) {
    auto const& bins = config.data.bins;
    std::vector<Eigen::Index> far;
    for (Eigen::Index i = 0; i < bins.size(); ++i)
        if (std::fabs(r.residuals[i]) > 5.0) far.push_back(i);
    std::sort(far.begin(), far.end(),
              [&](auto a, auto b) { return std::fabs(r.residuals[a]) > std::fabs(r.residuals[b]); });
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(far.size(), 3); ++i)
        text += fmt::format("{} {:.4g} MeV/c ({}) by {:+.3g} errors",
                            i == 0 ? "; farthest from it lies the bin at" : ", at", bins.k_star_MeV[far[i]],
                            bins.where(far[i]), r.residuals[far[i]]);
    return text;
}

double sum_of_lambdas(FitConfig const& config, Eigen::VectorXd const& values) {
    double sum = config.model.lambda.at(values);
    for (auto const& contribution : config.model.contributions) sum += contribution.lambda.at(values);
    return sum;
}

void write_open_directions(File& file, LeastSquaresFit const& fit, std::string const& units) {
    file.write_all("/parameters/undetermined", fit.undetermined.transpose(), Precision::float64,
                   {units, "directions along which chi^2 does not change", {"direction", "parameter"}});
    auto const combinations = determined_combinations(fit);
    if (combinations.empty()) return;
    RowMatrixXd coefficients(static_cast<Eigen::Index>(combinations.size()), fit.values.size());
    std::vector<double> values, errors;
    for (std::size_t i = 0; i < combinations.size(); ++i) {
        coefficients.row(static_cast<Eigen::Index>(i)) = combinations[i].coefficients.transpose();
        values.push_back(combinations[i].value);
        errors.push_back(combinations[i].error);
    }
    file.write_all("/parameters/combinations/coefficients", coefficients, Precision::float64,
                   {"1", "sums of parameters that the data determine", {"combination", "parameter"}});
    file.write_vector("/parameters/combinations/values", values, {units, "best values", {"combination"}});
    file.write_vector("/parameters/combinations/errors", errors, {units, "standard errors", {"combination"}});
}

}  // namespace

std::string fit_report(FitConfig const& config, FitResult const& r) {
    std::string text;
    for (std::size_t i = 0; i < config.parameters.size(); ++i) text += parameter_text(config, r, i) + "\n";
    auto const correlations = r.fit.correlations();
    for (Eigen::Index i = 0; i < correlations.rows(); ++i)
        for (Eigen::Index j = 0; j < i; ++j)
            if (r.fit.is_determined(i) && r.fit.is_determined(j))
                text += fmt::format("correlation of {} and {}: {:.4g}\n",
                                    config.parameters[static_cast<std::size_t>(j)].name,
                                    config.parameters[static_cast<std::size_t>(i)].name, correlations(i, j));
    for (auto const& line : open_directions(config, r.fit)) text += line + "\n";
    text += chi2_text(r);
    // One in a thousand: then the errors above, which assume that the model is right, say little.
    if (r.degrees_of_freedom > 0.0 && r.p_value < 1e-3)
        text += "\nthe model does not describe the data: errors of its parameters are not to be trusted" +
                farthest_bins(config, r);
    double const lambdas = sum_of_lambdas(config, r.fit.values);
    if (lambdas > 1.005 && !config.any_lambdas)
        text += fmt::format("\nwarning: the lambdas add to {:.4g}, more than all pairs", lambdas);
    return text;
}

std::string fit_table(FitConfig const& config, FitResult const& r) {
    auto const& bins = config.data.bins;
    std::string text = "k_low_MeV,k_high_MeV,k_star_MeV,C,C_err,model,model_err,genuine,residual\n";
    text += fmt::format("# fit of {} to {}\n# {}\n", config.model.pair.name, bins.path, chi2_text(r));
    for (std::size_t i = 0; i < config.parameters.size(); ++i) text += "# " + parameter_text(config, r, i) + "\n";
    for (auto const& line : open_directions(config, r.fit)) text += "# " + line + "\n";
    for (Eigen::Index i = 0; i < bins.size(); ++i)
        text += fmt::format("{:.10g},{:.10g},{:.10g},{:.10g},{:.10g},{:.10g},{:.4g},{:.10g},{:.6g}\n",
                            bins.k_low_MeV[i], bins.k_high_MeV[i], bins.k_star_MeV[i], bins.correlation[i],
                            std::sqrt(config.data.variance[i]), r.model[i], r.band[i], r.genuine[i], r.residuals[i]);
    return text;
}

void write_fit(Communicator const& comm, std::string const& path, std::string const& config_text,
               FitConfig const& config, FitResult const& r) {
    auto const& bins = config.data.bins;
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"fit", fit_format_version, config_text, static_cast<std::int64_t>(config.seed)});
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description, char const* axis = "bin") {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {axis}});
    };
    column("/k_low_MeV", bins.k_low_MeV, "MeV/c", "lower edge of the bin");
    column("/k_high_MeV", bins.k_high_MeV, "MeV/c", "upper edge of the bin");
    column("/k_star_MeV", bins.k_star_MeV, "MeV/c", "relative momentum k* that stands for the bin");
    column("/data/correlation", bins.correlation, "1", "measured C");
    column("/data/error", config.data.variance.sqrt(), "1", "its standard error in the chi^2");
    if (config.data.covariance)
        file.write_all("/data/covariance", *config.data.covariance, Precision::float64,
                       {"1", "covariance in the chi^2", {"bin", "bin"}});
    column("/model/correlation", r.model, "1", "fitted C in the bin");
    column("/model/error", r.band, "1", "its standard error from the covariance of the parameters");
    column("/model/genuine", r.genuine, "1", "C of the genuine pairs, averaged over the bin");
    column("/residuals", r.residuals, "1", "(measured C - fitted C)/error");
    std::vector<std::string> names;
    for (auto const& parameter : config.parameters) names.push_back(parameter.name);
    std::string const units = units_of_keys(names);
    auto const parameters = [&](std::string const& name, Eigen::ArrayXd const& values, char const* description) {
        column("/parameters/" + name, values, units.c_str(), description, "parameter");
    };
    parameters("values", r.fit.values.array(), "best values");
    parameters("errors", r.fit.errors().array(),
               "standard errors from the covariance; 0 at a bound, not a number where the data determine none");
    file.write_all("/parameters/covariance", r.fit.covariance, Precision::float64,
                   {"(" + units + ") x (" + units + ")",
                    "(J^T J)^-1 of the whitened residuals, along what the data determine",
                    {"parameter", "parameter"}});
    file.write_all("/parameters/correlations", r.fit.correlations(), Precision::float64,
                   {"1", "correlation coefficients", {"parameter", "parameter"}});
    if (!r.profile.empty()) {
        Eigen::ArrayXd down(r.fit.values.size()), up(r.fit.values.size());
        for (Eigen::Index i = 0; i < down.size(); ++i) {
            auto const& errors = r.profile[static_cast<std::size_t>(i)];
            down[i] = errors.down.value_or(std::nan(""));
            up[i] = errors.up.value_or(std::nan(""));
        }
        parameters("profile_down", down,
                   "distance down to chi^2 + 1; not a number where a bound comes first or it was not found");
        parameters("profile_up", up,
                   "distance up to chi^2 + 1; not a number where a bound comes first or it was not found");
    }
    if (r.fit.undetermined.cols() > 0) write_open_directions(file, r.fit, units);
    file.set_attribute("/parameters", "names", names);
    file.set_attribute("/", "pair", config.model.pair.name);
    file.set_attribute("/", "data", bins.path);
    for (auto const& qualifier : bins.qualifiers)
        file.set_attribute("/data", "qualifier " + qualifier.name, qualifier.value);
    file.set_attribute("/", "chi2", r.fit.chi2);
    file.set_attribute("/", "degrees_of_freedom", r.degrees_of_freedom);
    file.set_attribute("/", "p_value", r.p_value);
    file.set_attribute("/", "evaluations", static_cast<std::int64_t>(r.fit.evaluations));
    file.close();
}

}  // namespace hadronforce
