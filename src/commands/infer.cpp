#include "commands/command.hpp"
#include "commands/output.hpp"
#include "commands/physics_config.hpp"
#include "hadronforce/inference/correlation_on_grid.hpp"
#include "hadronforce/inference/point_estimate.hpp"
#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/measurement/correlation_csv.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace hadronforce {
namespace {

constexpr std::int64_t inference_format_version = 1;

/// One set of parameters and what follows from it.
struct Explanation {
    std::vector<double> parameters;
    CorrelationResult result;
    Eigen::ArrayXd potential_MeV;  ///< at potential_radii_fm()
};

Explanation explain(SampleFamily const& family, std::vector<double> const& parameters) {
    auto const interaction = family.interaction(parameters);
    Explanation explanation{parameters, family.make_solver().solve(*interaction.potential, *interaction.source), {}};
    Eigen::ArrayXd const r = potential_radii_fm();
    explanation.potential_MeV.resize(r.size());
    interaction.potential->fill_MeV(r, explanation.potential_MeV);
    return explanation;
}

/// The family that the model was trained on; its targets must be all that is free in it.
SampleFamily family_of(Model const& model, std::string const& model_path, Communicator const& comm) {
    Config const config = Config::from_text(model.dataset_config, model_path + "@dataset_config");
    auto const family = read_sample_family(config.root(), comm);
    if (family.names() != model.targets.names)
        throw InputError(fmt::format("{}: infers {}, its dataset varied {}; train on all of them to explain data",
                                     model_path, fmt::join(model.targets.names, ", "),
                                     fmt::join(family.names(), ", ")));
    return family;
}

std::optional<std::vector<double>> read_truth(Section const& root, std::vector<std::string> const& names) {
    if (!root.has("truth")) return std::nullopt;
    Section const truth = root.section("truth");
    std::vector<double> values;
    for (auto const& name : names) values.push_back(truth.required<double>(name));
    return values;
}

std::string comparison(Model const& model, PointEstimate const& estimate, Explanation const& inferred,
                       Explanation const* truth) {
    std::string text = fmt::format("{:<16} {:>14} {:>14} {:>12}  unit\n", "", "true", "inferred", "+-");
    auto const add = [&](std::string const& name, std::optional<double> exact, double value,
                         std::optional<double> error, std::string const& unit) {
        text += fmt::format("{:<16} {:>14} {:>14.6g} {:>12}  {}\n", name, exact ? fmt::format("{:.6g}", *exact) : "-",
                            value, error ? fmt::format("{:.2g}", *error) : "", unit);
    };
    auto const exact = [&](auto const& value_of) {
        return truth != nullptr ? std::optional<double>(value_of(*truth)) : std::nullopt;
    };
    for (std::size_t i = 0; i < model.targets.names.size(); ++i)
        add(model.targets.names[i], exact([&](auto const& e) { return e.parameters[i]; }),
            estimate.value[static_cast<Eigen::Index>(i)], estimate.network_error[static_cast<Eigen::Index>(i)],
            model.targets.units[i]);
    add("a0", exact([](auto const& e) { return e.result.scattering_length_fm; }), inferred.result.scattering_length_fm,
        {}, "fm");
    add("r_eff", exact([](auto const& e) { return e.result.effective_range_fm; }), inferred.result.effective_range_fm,
        {}, "fm");
    add("bound states", exact([](auto const& e) { return e.result.bound_states; }), inferred.result.bound_states, {},
        "");
    Eigen::ArrayXd const r = potential_radii_fm();
    for (double radius : {0.0, 0.1, 0.2, 0.4, 0.8, 1.5}) {
        auto const i = static_cast<Eigen::Index>(radius / (r[1] - r[0]) + 0.5);
        add(fmt::format("V({:.1f} fm)", radius), exact([&](auto const& e) { return e.potential_MeV[i]; }),
            inferred.potential_MeV[i], {}, "MeV");
    }
    text.pop_back();
    return text;
}

void write_inference(Communicator const& comm, std::string const& path, std::string const& config, Model const& model,
                     PointEstimate const& estimate, Eigen::ArrayXd const& data, Explanation const& inferred,
                     Explanation const* truth) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"inference", inference_format_version, config, 0});
    auto const vector = [&](std::string const& name, Eigen::ArrayXd const& values, std::string const& unit,
                            char const* description, char const* axis) {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {axis}});
    };
    vector("/k_star_MeV", model.features.k_star_MeV, "MeV/c", "relative momentum k*", "k_star");
    vector("/correlation/data", data, "1", "C(k*) that was explained", "k_star");
    vector("/correlation/inferred", inferred.result.correlation, "1",
           "C(k*) of the inferred interaction, solved exactly", "k_star");
    vector("/potential/r_fm", potential_radii_fm(), "fm", "radius", "r");
    vector("/potential/inferred_MeV", inferred.potential_MeV, "MeV", "inferred V(r)", "r");
    std::string const units = fmt::format("{}", fmt::join(model.targets.units, ", "));
    vector("/parameters/inferred", estimate.value.transpose().array(), units, "inferred parameters", "parameter");
    vector("/parameters/network_error", estimate.network_error.transpose().array(), units,
           "the network's error on its test part", "parameter");
    file.set_attribute("/parameters", "names", model.targets.names);
    file.set_attribute("/", "a0_fm", inferred.result.scattering_length_fm);
    file.set_attribute("/", "r_eff_fm", inferred.result.effective_range_fm);
    if (truth != nullptr) {
        vector("/potential/true_MeV", truth->potential_MeV, "MeV", "true V(r)", "r");
        file.write_vector("/parameters/true", truth->parameters, {units, "true parameters", {"parameter"}});
        file.set_attribute("/", "true_a0_fm", truth->result.scattering_length_fm);
        file.set_attribute("/", "true_r_eff_fm", truth->result.effective_range_fm);
    }
    file.close();
}

}  // namespace

void run_infer(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    auto const model_path = root.section("model").required<std::string>("file");
    auto const data_path = root.section("data").required<std::string>("table");
    auto const output = root.section("output").required<std::string>("file");
    set_torch_threads(1);
    Model const model = read_model(comm, model_path);
    std::optional<std::vector<double>> true_values;
    agree(comm, [&] { true_values = read_truth(root, model.targets.names); });
    SampleFamily const family = family_of(model, model_path, comm);
    MeasuredCorrelation data;
    agree(comm, [&] { data = read_correlation_csv(data_path); });
    if (!config_is_read(config, options, comm)) return;

    say(comm, fmt::format("infer: {} from {} ({} k*)", fmt::join(model.targets.names, ", "), data_path,
                          data.k_star_MeV.size()));
    CorrelationOnGrid measured;
    PointEstimate result;
    Explanation inferred;
    std::optional<Explanation> truth;
    agree(comm, [&] {
        measured = on_grid(data, model.features.k_star_MeV);
        result = estimate(model, measured.correlation);
        inferred = explain(family, {result.value.begin(), result.value.end()});
        if (true_values) truth = explain(family, *true_values);
    });
    Explanation const* const true_explanation = truth ? &*truth : nullptr;
    write_atomically(comm, output, [&](std::string const& temporary) {
        write_inference(comm, temporary, config.resolved(), model, result, measured.correlation, inferred,
                        true_explanation);
    });

    if (measured.interpolated) say(comm, "C was interpolated to the model's k*");
    for (auto const& warning : result.warnings) say(comm, "warning: " + warning);
    say(comm, comparison(model, result, inferred, true_explanation));
    say(comm, fmt::format("largest |C(inferred) - C(data)|: {:.2e}",
                          (inferred.result.correlation - measured.correlation).abs().maxCoeff()));
    say(comm, "(+- is the network's error on its test part; the data are taken without error)");
    say(comm, "file: " + output);
}

}  // namespace hadronforce
