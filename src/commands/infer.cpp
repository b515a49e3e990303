#include "commands/command.hpp"
#include "commands/output.hpp"
#include "commands/physics_config.hpp"
#include "hadronforce/dataset/generator.hpp"
#include "hadronforce/dataset/unit_of_key.hpp"
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
    Eigen::VectorXd parameters;
    Eigen::ArrayXd correlation;
    Eigen::VectorXd observables;  ///< as observable_names calls them
    std::vector<PlacedPotential> potentials;
};

Explanation explain(SampleFamily const& family, Eigen::VectorXd const& parameters) {
    CorrelationModel solver = family.make_solver();
    Eigen::ArrayXd const correlation = solver.in_bins(parameters);
    return {parameters, correlation, solver.genuine(parameters).observables,
            potentials_of(family.model.pair, parameters)};
}

/// The family that the model was trained on; its targets must be all that is free in it.
SampleFamily family_of(Section const& root, Model const& model, std::string const& model_path,
                       Communicator const& comm) {
    Config const config = Config::from_text(model.dataset_config, model_path + "@dataset_config");
    auto const family = read_sample_family(config.root(), comm);
    for (auto const& path : config.files().inputs) root.reads(path);
    if (family.names() != model.targets.names)
        throw InputError(fmt::format("{}: infers {}, its dataset varied {}; train on all of them to explain data",
                                     model_path, fmt::join(model.targets.names, ", "),
                                     fmt::join(family.names(), ", ")));
    return family;
}

std::optional<Eigen::VectorXd> read_truth(Section const& root, std::vector<std::string> const& names) {
    if (!root.has("truth")) return std::nullopt;
    Section const truth = root.section("truth");
    Eigen::VectorXd values(static_cast<Eigen::Index>(names.size()));
    for (std::size_t i = 0; i < names.size(); ++i)
        values[static_cast<Eigen::Index>(i)] = truth.required<double>(names[i]);
    return values;
}

std::string comparison(Model const& model, SampleFamily const& family, PointEstimate const& estimate,
                       Explanation const& inferred, Explanation const* truth) {
    auto const observables = observable_names(family.model.pair);
    std::size_t width = 16;
    for (auto const& names : {observables, model.targets.names})
        for (auto const& name : names) width = std::max(width, name.size());
    std::string text = fmt::format("{:<{}} {:>14} {:>14} {:>12}  unit\n", "", width, "true", "inferred", "+-");
    auto const add = [&](std::string const& name, std::optional<double> exact, double value,
                         std::optional<double> error, std::string const& unit) {
        text += fmt::format("{:<{}} {:>14} {:>14.6g} {:>12}  {}\n", name, width,
                            exact ? fmt::format("{:.6g}", *exact) : "-", value,
                            error ? fmt::format("{:.2g}", *error) : "", unit);
    };
    auto const exact = [&](auto const& value_of) {
        return truth != nullptr ? std::optional<double>(value_of(*truth)) : std::nullopt;
    };
    for (std::size_t i = 0; i < model.targets.names.size(); ++i)
        add(model.targets.names[i], exact([&](auto const& e) { return e.parameters[static_cast<Eigen::Index>(i)]; }),
            estimate.value[static_cast<Eigen::Index>(i)], estimate.network_error[static_cast<Eigen::Index>(i)],
            model.targets.units[i]);
    for (std::size_t i = 0; i < observables.size(); ++i) {
        auto const of = [i](Explanation const& e) { return e.observables[static_cast<Eigen::Index>(i)]; };
        add(observables[i], exact(of), of(inferred), {}, unit_of_key(observables[i]));
    }
    for (std::size_t p = 0; p < inferred.potentials.size(); ++p) {
        if (!inferred.potentials[p].varies) continue;
        std::string const prefix = inferred.potentials.size() == 1 ? "" : inferred.potentials[p].path + " ";
        for (double radius : {0.0, 0.1, 0.2, 0.4, 0.8, 1.5}) {
            auto const of = [=](Explanation const& e) { return e.potentials[p].potential->value_MeV(radius); };
            add(fmt::format("{}V({:.1f} fm)", prefix, radius), exact(of), of(inferred), {}, "MeV");
        }
    }
    text.pop_back();
    return text;
}

void write_inference(Communicator const& comm, std::string const& path, std::string const& config, Model const& model,
                     SampleFamily const& family, PointEstimate const& estimate, Eigen::ArrayXd const& data,
                     Explanation const& inferred, Explanation const* truth) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"inference", inference_format_version, config, 0});
    auto const vector = [&](std::string const& name, Eigen::ArrayXd const& values, std::string const& unit,
                            char const* description, char const* axis) {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {axis}});
    };
    vector("/k_star_MeV", model.features.k_star_MeV, "MeV/c", "relative momentum k*", "k_star");
    vector("/correlation/data", data, "1", "C(k*) that was explained", "k_star");
    vector("/correlation/inferred", inferred.correlation, "1", "C(k*) of the inferred interaction, solved exactly",
           "k_star");
    Eigen::ArrayXd const r = potential_radii_fm();
    auto const values = [&](Explanation const& explanation, std::size_t p) {
        Eigen::ArrayXd v(r.size());
        explanation.potentials[p].potential->fill_MeV(r, v);
        return v;
    };
    for (std::size_t p = 0; p < inferred.potentials.size(); ++p) {
        bool const single = inferred.potentials.size() == 1;
        std::string const folder = single ? "/potential" : fmt::format("/waves/{}/potential", p);
        vector(folder + "/r_fm", r, "fm", "radius", "r");
        vector(folder + "/inferred_MeV", values(inferred, p), "MeV", "inferred V(r)", "r");
        if (truth != nullptr) vector(folder + "/true_MeV", values(*truth, p), "MeV", "true V(r)", "r");
        file.set_attribute(folder + "/inferred_MeV", "path", inferred.potentials[p].path);
        file.set_attribute(folder + "/inferred_MeV", "varies", std::int64_t{inferred.potentials[p].varies});
    }
    std::string const units = fmt::format("{}", fmt::join(model.targets.units, ", "));
    vector("/parameters/inferred", estimate.value.transpose().array(), units, "inferred parameters", "parameter");
    vector("/parameters/network_error", estimate.network_error.transpose().array(), units,
           "the network's error on its test part", "parameter");
    file.set_attribute("/parameters", "names", model.targets.names);
    auto const observables = observable_names(family.model.pair);
    for (std::size_t i = 0; i < observables.size(); ++i) {
        auto const column = static_cast<Eigen::Index>(i);
        file.set_attribute("/", observables[i], inferred.observables[column]);
        if (truth != nullptr) file.set_attribute("/", "true_" + observables[i], truth->observables[column]);
    }
    if (truth != nullptr) vector("/parameters/true", truth->parameters.array(), units, "true parameters", "parameter");
    file.close();
}

}  // namespace

void run_infer(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    auto const model_path = root.section("model").input("file");
    auto const data_path = root.section("data").input("table");
    auto const output = root.section("output").output("file", OutputKind::hdf5);
    set_torch_threads(1);
    Model const model = read_model(comm, model_path);
    std::optional<Eigen::VectorXd> true_values;
    agree(comm, [&] { true_values = read_truth(root, model.targets.names); });
    SampleFamily const family = family_of(root, model, model_path, comm);
    MeasuredCorrelation data;
    agree(comm, [&] { data = read_correlation_csv(data_path); });
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    say(comm, fmt::format("infer: {} from {} ({} k*)", fmt::join(model.targets.names, ", "), data_path,
                          data.k_star_MeV.size()));
    CorrelationOnGrid measured;
    PointEstimate result;
    Explanation inferred;
    std::optional<Explanation> truth;
    agree(comm, [&] {
        measured = on_grid(data, model.features.k_star_MeV);
        result = estimate(model, measured.correlation);
        inferred = explain(family, result.value.transpose());
        if (true_values) truth = explain(family, *true_values);
    });
    Explanation const* const true_explanation = truth ? &*truth : nullptr;
    write_atomically(comm, output, [&](std::string const& temporary) {
        write_inference(comm, temporary, config.resolved(), model, family, result, measured.correlation, inferred,
                        true_explanation);
    });

    if (measured.interpolated) say(comm, "C was interpolated to the model's k*");
    for (auto const& warning : result.warnings) say(comm, "warning: " + warning);
    say(comm, comparison(model, family, result, inferred, true_explanation));
    say(comm, fmt::format("largest |C(inferred) - C(data)|: {:.2e}",
                          (inferred.correlation - measured.correlation).abs().maxCoeff()));
    say(comm, "(+- is the network's error on its test part; the data are taken without error)");
    say(comm, "file: " + output);
}

}  // namespace hadronforce
