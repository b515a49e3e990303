#include "commands/command.hpp"
#include "commands/dataset_family.hpp"
#include "commands/infer_data.hpp"
#include "commands/infer_output.hpp"
#include "commands/potential_radii.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/fit/derived.hpp"
#include "hadronforce/inference/exact_fit.hpp"
#include "hadronforce/inference/point_estimate.hpp"
#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hadronforce {
namespace {

struct InferConfig {
    std::string model;
    DataToInfer data;
    std::string device, output;
};

InferConfig read_infer_config(Section const& root, Communicator const& comm) {
    InferConfig c;
    c.model = root.section("model").input("file");
    c.data = read_data_to_infer(root, comm);
    c.device = root.optional<std::string>("device", "auto", one_of(device_names()));
    c.output = root.section("output").output("file", OutputKind::hdf5);
    return c;
}

/// As the mapping calls a parameter.
std::string key_of(Section const& mapping, std::string const& name) {
    for (auto const& key : mapping.keys())
        if (same_parameter(key, name)) return key;
    return name;
}

std::optional<Eigen::VectorXd> read_truth(Section const& root, std::vector<std::string> const& names) {
    if (!root.has("truth")) return std::nullopt;
    Section const truth = root.section("truth");
    Eigen::VectorXd values(static_cast<Eigen::Index>(names.size()));
    for (std::size_t i = 0; i < names.size(); ++i)
        values[static_cast<Eigen::Index>(i)] = truth.required<double>(key_of(truth, names[i]));
    return values;
}

/// Bins in which exact solutions are compared: the data's; of momenta without edges those of the training where they
/// are its very momenta.
ExactFitData fit_data(SampleFamily const& family, Inference const& r) {
    ExactFitData result{{}, r.data.correlation(), r.covariance_of_data, r.error_of_data};
    for (std::size_t m = 0; m < family.measurements.size(); ++m) {
        auto const& bins = r.data.all().at(m);
        auto const& own = family.measurements[m];
        Eigen::ArrayXd const k = 0.5 * (own.k_low_MeV + own.k_high_MeV);
        bool const are_its_own = !bins.has_edges() && k.size() == bins.size() &&
                                 (k - bins.k_star_MeV).abs().maxCoeff() <= 1e-6 * k.maxCoeff();
        result.bins.push_back(are_its_own ? BinEdges{own.k_low_MeV, own.k_high_MeV}
                                          : BinEdges{bins.k_low_MeV, bins.k_high_MeV});
    }
    return result;
}

Explanation explain(SampleFamily const& family, ExactFitData const& data, Eigen::VectorXd const& parameters) {
    Explanation result{parameters, {}, {}, {}, {}, {}, {}};
    result.correlation = family.make_solver(data.bins).in_bins(parameters);
    result.numbers = family.make_solver().genuine(parameters).numbers;
    result.potentials = family.pair().kind->potentials(family.model().numbers_of(parameters));
    return result;
}

/// The explanation of a fit's parameters and C.
Explanation with_errors(SampleFamily const& family, ExactFitData const& data, Explanation const& fit,
                        Eigen::MatrixXd const& covariance) {
    Explanation explanation = explain(family, data, fit.parameters);
    explanation.correlation = fit.correlation;
    explanation.parameter_errors = covariance.diagonal().cwiseSqrt();
    FamilySolver solver = family.make_solver();
    auto const axes = error_axes(covariance);
    explanation.number_errors = propagated_errors([&](Eigen::VectorXd const& p) { return solver.genuine(p).numbers; },
                                                  explanation.parameters, axes);
    auto const numbers = family.pair().kind->quantities().numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i)
        if (numbers[i].is_count) explanation.number_errors[static_cast<Eigen::Index>(i)] = std::nan("");
    Eigen::ArrayXd const radii = potential_radii_fm();
    auto const count = static_cast<Eigen::Index>(explanation.potentials.size());
    auto const errors = propagated_errors(
        [&](Eigen::VectorXd const& p) {
            Eigen::VectorXd all(count * radii.size());
            auto const potentials = family.pair().kind->potentials(family.model().numbers_of(p));
            for (Eigen::Index i = 0; i < count; ++i) {
                Eigen::ArrayXd values(radii.size());
                potentials[static_cast<std::size_t>(i)].potential->fill_MeV(radii, values);
                all.segment(i * radii.size(), radii.size()) = values.matrix();
            }
            return all;
        },
        explanation.parameters, axes);
    explanation.potential_errors_MeV = Eigen::Map<RowMatrixXd const>(errors.data(), count, radii.size());
    return explanation;
}

std::string network_text(Inference const& r) {
    std::string text;
    for (std::size_t i = 0; i < r.names.size(); ++i)
        text +=
            fmt::format("{}{} = {:.4g}", i == 0 ? "" : ", ", r.names[i], r.network_value[static_cast<Eigen::Index>(i)]);
    return text;
}

/// Why the fit's deviations cannot be the data's errors; empty where they may. Of data without errors, deviations of
/// neighbours must not be alike (Durbin and Watson, Biometrika 37 (1950) 409: 2 for independent ones), unless they are
/// as small as what a solver leaves.
std::string misfit(ExactFitData const& data, ExactFit const& fit, double tolerance) {
    if (data.covariance.size() > 0) {
        if (!(chi2_probability(fit.chi2, fit.degrees_of_freedom) < 1e-6)) return "";
        return fmt::format("the best chi2 within the priors is {:.1f} for {:.0f} degrees of freedom", fit.chi2,
                           fit.degrees_of_freedom);
    }
    Eigen::ArrayXd const deviations = data.correlation - fit.correlation;
    auto const n = deviations.size();
    double const scatter = std::sqrt(fit.chi2 / static_cast<double>(n));
    if (n < 10 || scatter < 100.0 * tolerance) return "";
    double const neighbours = (deviations.tail(n - 1) - deviations.head(n - 1)).square().sum() / fit.chi2;
    if (neighbours > 0.5) return "";
    return fmt::format("C of the best parameters within the priors is off by {:.1e}, on one side over many momenta",
                       scatter);
}

/// The exact fit and all that follows; where the fit fails the network's answer must do.
void solve(Communicator const& comm, Model const& model, SampleFamily const& family, InferConfig const& c,
           std::optional<Eigen::VectorXd> const& truth, Inference& r) {
    auto const data = fit_data(family, r);
    std::string why_no_network, why_no_fit;
    agree(comm, [&] {
        if (truth) r.truth = explain(family, data, *truth);
        try {
            r.network = explain(family, data, r.network_value);
            r.network_chi2 = chi2_of(data, r.network->correlation);
        } catch (InputError const& error) {
            why_no_network = error.what();
        } catch (ConvergenceError const& error) {
            why_no_network = error.what();
        }
    });
    auto const parameters =
        fit_parameters(family, r.network_value, model.targets.lowest.transpose(), model.targets.highest.transpose());
    std::string problem;
    try {
        Starts starts{8};
        starts.at_most = 128;
        for (Eigen::Index m = 0; r.of_members.rows() > 1 && m < r.of_members.rows(); ++m)
            starts.given.push_back(r.of_members.row(m).transpose());
        // What looks like a misfit may be a minimum beside the deepest.
        auto const fit = exact_fit(comm, family, data, parameters, starts, [&](ExactFit const& found) {
            return misfit(data, found, family.pair().tolerance).empty();
        });
        r.others = fit.others;
        r.covariance = fit.covariance;
        r.at_bound = fit.at_bound;
        r.fit_chi2 = fit.chi2;
        r.degrees_of_freedom = fit.degrees_of_freedom;
        problem = misfit(data, fit, family.pair().tolerance);
        r.fit = Explanation{fit.values, {}, fit.correlation, {}, {}, {}, {}};
        agree(comm, [&] { r.fit = with_errors(family, data, *r.fit, r.covariance); });
    } catch (std::runtime_error const& error) {
        why_no_fit = error.what();
        r.fit.reset();
        r.others.clear();
    }
    if (!r.network && !r.fit)
        throw InputError(
            fmt::format("{}: cannot be explained: the network's answer, {}, has no solution ({}), and the "
                        "exact fit failed ({})",
                        r.data.path(), network_text(r), why_no_network, why_no_fit));
    if (!r.fit && r.network_extrapolates && !c.data.accepts_unlike)
        throw InputError(
            fmt::format("{}: the exact fit failed ({}), and the network's answer, {}, is an "
                        "extrapolation; data.unlike_training: accept shows it all the same",
                        r.data.path(), why_no_fit, network_text(r)));
    if (!r.network) r.remarks.push_back("the network's answer has no solution: " + why_no_network);
    if (!r.fit) r.remarks.push_back("the exact fit failed, so only the network's answer is left: " + why_no_fit);
    if (!r.fit || problem.empty()) return;
    if (!c.data.accepts_unlike)
        throw InputError(
            fmt::format("{}: is not described by what {} was trained on: {}; the network's answer, {}, is "
                        "not to be trusted; data.unlike_training: accept goes on all the same",
                        r.data.path(), c.model, problem, network_text(r)));
    r.remarks.push_back("the data are not described: " + problem + "; no error below is to be trusted");
}

void check_range(Model const& model, MeasuredParts const& data) {
    for (std::size_t m = 0; m < data.all().size(); ++m) {
        auto const inside = bins_within(model.features, data, m);
        auto const k = model.features.momenta_of(m);
        auto const& own = data.all()[m];
        for (Eigen::Index i = 0; i < own.size(); ++i)
            if (std::find(inside.begin(), inside.end(), i) == inside.end())
                throw InputError(
                    fmt::format("{}: k* = {:.6g} lies outside the {:.6g} to {:.6g} MeV/c that the model was trained "
                                "on; cut with data.k_min_MeV and data.k_max_MeV, or write "
                                "data.unlike_training: accept",
                                own.where(i), own.k_star_MeV[i], k[0], k[k.size() - 1]));
    }
}

/// Without edges where the training itself was of bins: the network knows averages at their middles, and no curve that
/// could be averaged again.
MeasuredParts as_trained_on(SampleFamily const& family, MeasuredParts const& data) {
    auto all = data.all();
    for (std::size_t m = 0; m < all.size(); ++m)
        if (auto const& own = family.measurements.at(m); (own.k_high_MeV > own.k_low_MeV).any())
            all[m].k_low_MeV = all[m].k_high_MeV = all[m].k_star_MeV;
    return MeasuredParts(all);
}

void ask_network(Model const& model, SampleFamily const& family, InferConfig const& c, Inference& r) {
    auto const& bins = r.data;
    if (!c.data.accepts_unlike) check_range(model, bins);
    auto const& components = model.features.components;
    bool const knows_dropped =
        components.dropped.cols() > 0 || components.projection.cols() == components.projection.rows();
    if (r.covariance_of_data.size() == 0 && !knows_dropped)
        throw InputError(
            fmt::format("{}: does not say what its features leave out of C, as models of earlier versions do not, and "
                        "{} has no errors, which would be told by that; train the model again, or give errors",
                        c.model, bins.path()));
    auto const features = estimate_features(model.features, as_trained_on(family, bins), r.covariance_of_data);
    r.error_of_data = features.error;
    auto answer = model.features.takes_points()
                      ? estimate_from_points(model, bins, r.covariance_of_data, features.error)
                      : estimate(model, features);
    r.network_takes_errors = model.features.errors.has_value();
    auto const beyond = r.network_takes_errors ? model.features.beyond_training(answer.error_size) : 0;
    auto const by_references = beyond > 0 && r.covariance_of_data.size() > 0
                                   ? estimate_by_references(model, as_trained_on(family, bins), r.covariance_of_data)
                                   : std::nullopt;
    if (by_references) answer = *by_references;
    r.network_value = answer.value;
    r.network_error = answer.error;
    r.of_members = answer.of_members;
    r.by_references = by_references.has_value();
    if (by_references) {
        r.remarks.push_back(
            "the data leave more open than any of the training's (larger errors, missing bins or a shorter range): the "
            "answer is that of the training's samples which meet them, not the network's");
    } else if (beyond != 0) {
        bool const is_clamped = beyond < 0 && model.features.lowest_error.size() > 0;
        r.remarks.push_back(
            is_clamped ? "the data's errors are smaller than any of the training's: the network takes them for those"
            : beyond < 0
                ? "the data's errors are smaller than any of the training's: the network extrapolates, and its errors "
                  "are not known"
                : "the data leave more open than any of the training's (larger errors, missing bins or a shorter "
                  "range): the network extrapolates, and its errors are not known");
        r.network_extrapolates = !is_clamped;
    }
    auto const used = static_cast<Eigen::Index>(bins_within(model.features, bins).size());
    if (auto const why = unlike_training(model, features, used, r.covariance_of_data.size() > 0); !why.empty()) {
        if (!c.data.accepts_unlike)
            throw InputError(
                fmt::format("{}: is unlike all that {} was trained on: {}; train a model for such data, or "
                            "write data.unlike_training: accept",
                            bins.path(), c.model, why));
        r.remarks.push_back("the data are unlike the training: " + why);
    }
    for (std::size_t i = 0; i < r.names.size(); ++i) {
        auto const at = static_cast<Eigen::Index>(i);
        if (r.network_value[at] >= model.targets.lowest[at] && r.network_value[at] <= model.targets.highest[at])
            continue;
        r.remarks.push_back(
            fmt::format("the network's answer {} = {:.6g} lies outside the training's {:.6g} to {:.6g}: "
                        "it extrapolates, and its errors are not known",
                        r.names[i], r.network_value[at], model.targets.lowest[at], model.targets.highest[at]));
        r.network_extrapolates = true;
    }
    if (r.network_extrapolates) r.network_error.setConstant(std::nan(""));
}

}  // namespace

void run_infer(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    InferConfig c = read_infer_config(root, comm);
    set_torch_threads(1);
    Model model = read_model(comm, c.model);
    model.network.move_to(device_of(comm, c.device));
    std::optional<Eigen::VectorXd> truth;
    agree(comm, [&] {
        match_measurements(root, model, c.model, c.data);
        truth = read_truth(root, model.targets.names());
    });
    SampleFamily const family = family_of_model(root, model, c.model, comm);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    Inference r(bins_of(c.data));
    r.measurements = model.features.measurements;
    r.covariance_of_data = joint_covariance(c.data);
    r.names = answers_all(model) ? family.names() : model.targets.names();
    r.units = model.targets.units();
    say(comm, fmt::format("infer: {} from {} ({} k*{})", fmt::join(r.names, ", "), r.data.path(), r.data.size(),
                          r.covariance_of_data.size() > 0 ? "" : ", without errors"));
    agree(comm, [&] { ask_network(model, family, c, r); });
    bool const explains = answers_all(model);
    if (explains)
        solve(comm, model, family, c, truth, r);
    else
        r.remarks.push_back(
            fmt::format("{} answers {}, its dataset varied {}: no exact fit refines the network's answer", c.model,
                        fmt::join(r.names, ", "), fmt::join(model.dataset_parameters, ", ")));
    write_atomically(comm, c.output, [&](std::string const& temporary) {
        if (explains)
            write_inference(comm, temporary, config.resolved(), family, r);
        else
            write_answer(comm, temporary, config.resolved(), r, truth);
    });
    for (auto const& remark : r.remarks) warn(comm, remark);
    say(comm, explains ? inference_report(family, r) : answer_report(r, truth));
    say(comm, "file: " + c.output);
}

}  // namespace hadronforce
