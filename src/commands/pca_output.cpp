#include "commands/pca_output.hpp"

#include "hadronforce/report/table.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t pca_format_version = 1;

Table table_of(PcaResult const& result) {
    auto const& spectrum = result.spectrum;
    Eigen::Index const n = spectrum.variance.size();
    Table table("component");
    table.add({"component", Eigen::ArrayXd::LinSpaced(n, 1.0, static_cast<double>(n)), "1", ""});
    table.add({"variance", spectrum.variance, "1", "variance of the samples along each component", "/variance", 10});
    table.add({"explained", spectrum.explained(), "1", "its share of the total variance", "/explained", 10});
    table.add({"cumulative", spectrum.cumulative(), "1", "shares of the components up to this one", "/cumulative", 15});
    return table;
}

void write_spectrum(File& file, DatasetFile const& dataset, PcaConfig const& config, PcaResult const& result) {
    auto const vector = [&](char const* name, auto const& values, DatasetMeaning const& meaning) {
        file.write_vector(name, {values.begin(), values.end()}, meaning);
    };
    vector("/k_star_MeV", dataset.k_star_MeV(), {"MeV/c", "relative momentum", {"k_star"}});
    vector("/mean", result.moments.mean, {"1", "mean of the input over the samples", {"k_star"}});
    if (result.input.error.size() > 0)
        vector("/error", result.input.error, {"1", "error of C, in whose units the input is", {"k_star"}});
    file.write_all("/components", result.spectrum.components, Precision::float64,
                   {"1", "principal components of the input, orthonormal", {"k_star", "component"}});
    table_of(result).write(file);
    file.set_attribute("/", "input", config.input);
    file.set_attribute("/", "samples", result.moments.points);
    file.set_attribute("/", "components_99_percent", static_cast<std::int64_t>(result.spectrum.reaching(0.99)));
    file.set_attribute("/", "components_99.9_percent", static_cast<std::int64_t>(result.spectrum.reaching(0.999)));
}

void write_scores(File& file, DatasetFile const& dataset, PcaResult const& result) {
    auto const& components = result.spectrum.components;
    file.create_dataset("/scores", {dataset.samples(), components.cols()}, Precision::float64,
                        {"1", "(input - mean) times the components, of each sample", {"sample", "component"}});
    file.create_dataset("/parameters", {dataset.samples(), static_cast<std::int64_t>(dataset.names().size())},
                        Precision::float64,
                        {fmt::format("{}", fmt::join(dataset.units(), ", ")),
                         "parameters of each sample, of the dataset",
                         {"sample", "parameter"}});
    file.set_attribute("/parameters", "names", dataset.names());
    for_each_block(file.comm(), dataset.samples(), rows_in_block, [&](IndexRange rows) {
        RowMatrixXd const values = result.input.of(dataset.correlation(rows));
        file.write_rows("/scores", rows, (values.rowwise() - result.moments.mean) * components);
        file.write_rows("/parameters", rows, dataset.parameters(rows));
    });
}

void write_directions(File& file, DirectionsOfPotential const& found, DirectionsConfig const& config) {
    auto const vector = [&](char const* name, Eigen::ArrayXd const& values, DatasetMeaning const& meaning) {
        file.write_vector(name, {values.begin(), values.end()}, meaning);
    };
    auto const matrix = [&](char const* name, Eigen::MatrixXd const& values, DatasetMeaning const& meaning) {
        file.write_all(name, values, Precision::float64, meaning);
    };
    vector("/directions/r_fm", found.r_fm, {"fm", "radii of the tents", {"r"}});
    vector("/directions/V_MeV", found.v_MeV, {"MeV", "the potential at the parameters of the attribute at", {"r"}});
    vector("/directions/correlation", found.correlation, {"1", "C(k*) of it", {"k_star"}});
    matrix("/directions/gradient_per_MeV", found.gradient_per_MeV,
           {"1/MeV", "change of C where V grows by 1 MeV times the tent", {"k_star", "r"}});
    vector("/directions/signal_to_noise", found.of_unit_error.signal_to_noise,
           {"1",
            "change of C by one standard deviation of the prior, in errors of C that are as large as C",
            {"direction"}});
    matrix("/directions/delta_V_MeV", found.of_unit_error.delta_v_MeV,
           {"MeV", "one standard deviation of the prior along each direction", {"r", "direction"}});
    matrix("/directions/delta_correlation", found.of_unit_error.delta_correlation,
           {"1", "what it does to C", {"k_star", "direction"}});
    std::vector<double> const determined(found.determined.begin(), found.determined.end());
    file.write_vector("/directions/relative_errors", found.relative_errors, {"1", "errors in parts of C", {"error"}});
    file.write_vector("/directions/determined", determined,
                      {"1", "directions whose signal to noise exceeds 1 at each of these errors", {"error"}});
    file.set_attribute("/directions", "potential", config.potential);
    file.set_attribute("/directions", "names", config.family.names());
    file.set_attribute("/directions", "at", std::vector<double>(config.parameters.begin(), config.parameters.end()));
}

std::string percent(double part) { return fmt::format("{:.4g} %", 100.0 * part); }

}  // namespace

void write_pca(Communicator const& comm, std::string const& path, std::string const& resolved_config,
               DatasetFile const& dataset, PcaConfig const& config, PcaResult const& result,
               std::optional<DirectionsConfig> const& directions) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"pca", pca_format_version, resolved_config, dataset.provenance().seed});
    write_spectrum(file, dataset, config, result);
    if (result.directions) {
        file.create_group("/directions");
        write_directions(file, *result.directions, *directions);
    }
    if (config.scores) write_scores(file, dataset, result);
    file.close();
}

std::string pca_table(PcaResult const& result) { return table_of(result).csv(); }

std::string pca_report(PcaResult const& result, std::optional<DirectionsConfig> const& directions) {
    auto const explained = result.spectrum.explained(), cumulative = result.spectrum.cumulative();
    std::string text = "component  explained  cumulative";
    for (Eigen::Index i = 0; i < result.spectrum.components.cols(); ++i)
        text += fmt::format("\n{:9}  {:9.3g}  {:10.6f}", i + 1, explained[i], cumulative[i]);
    text += "\nof the variance,";
    for (double share : {0.99, 0.999, 0.9999})
        text += fmt::format("{} {} need{} {}", share == 0.99 ? "" : ",", percent(share),
                            result.spectrum.reaching(share) == 1 ? "s" : "", result.spectrum.reaching(share));
    if (result.input.error.size() > 0)
        text += fmt::format("\n{} components vary by more than the error of C over the samples",
                            (result.spectrum.variance > 1.0).count());
    if (!result.directions) return text;
    auto const names = directions->family.names();
    std::string at;
    for (std::size_t i = 0; i < names.size(); ++i)
        at += fmt::format("{}{} = {:.6g}", i == 0 ? "" : ", ", names[i],
                          directions->parameters[static_cast<Eigen::Index>(i)]);
    text += fmt::format("\ndirections of V(r) that one C at {} k* determines, of {} at\n  {}",
                        result.directions->k_star_MeV.size(), directions->potential, at);
    for (std::size_t i = 0; i < result.directions->determined.size(); ++i)
        text += fmt::format("\n  errors of {}: {}", percent(result.directions->relative_errors[i]),
                            result.directions->determined[i]);
    Eigen::ArrayXd const signals = result.directions->of_unit_error.signal_to_noise;
    text += "\n  signal to noise at errors of 1 %:";
    for (Eigen::Index i = 0; i < std::min<Eigen::Index>(8, signals.size()); ++i)
        text += fmt::format(" {:.3g}", 100.0 * signals[i]);
    return text;
}

}  // namespace hadronforce
