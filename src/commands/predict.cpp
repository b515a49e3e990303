#include "commands/command.hpp"
#include "commands/dataset_family.hpp"
#include "commands/refined_answers.hpp"
#include "commands/sample_answers.hpp"
#include "commands/train_config.hpp"
#include "commands/train_targets.hpp"
#include "hadronforce/dataset/dataset_files.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/learning/network_answers.hpp"
#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t predictions_format_version = 1;

struct PredictConfig {
    std::string model;
    std::vector<std::string> datasets;
    std::int64_t first = 0, samples = 0;  ///< 0: all that follow
    std::optional<ErrorFamily> errors;
    std::optional<RefineConfig> refine;
    std::int64_t seed = 1;
    std::string device, output;
};

PredictConfig read_predict_config(Section const& root) {
    PredictConfig c;
    c.model = root.section("model").input("file");
    Section const dataset = root.section("dataset");
    c.datasets = read_dataset_files(dataset);
    c.first = dataset.optional<std::int64_t>("first_sample", 0, at_least(0));
    c.samples = dataset.optional<std::int64_t>("samples", 0, at_least(0));
    c.errors = read_error_family(root);
    if (c.errors) c.seed = root.section("errors").optional<std::int64_t>("seed", c.seed, at_least(0));
    c.refine = read_refine_config(root);
    c.device = root.optional<std::string>("device", "auto", one_of(device_names()));
    c.output = root.section("output").output("file", OutputKind::hdf5);
    return c;
}

std::string text_of(MeasurementParts const& measurements) {
    if (measurements.names == std::vector<std::string>{""}) return "of a single C";
    return fmt::format("{}", fmt::join(measurements.names, ", "));
}

void check_model(Model const& model, PredictConfig const& c, DatasetFile const& dataset) {
    auto const& transform = model.features;
    auto const& own = dataset.measurements();
    auto const& known = model.features.measurements;
    if (own.names != known.names || own.curves != known.curves)
        throw InputError(fmt::format("{}: has the measurements {}, {} was trained on {}", dataset.path(), text_of(own),
                                     c.model, text_of(known)));
    auto const momenta = split(own, dataset.k_star_MeV());
    for (std::size_t m = 0; m < own.count(); ++m) {
        auto const k = transform.momenta_of(m), at = momenta[m];
        double const margin = 1e-6 * k[k.size() - 1];
        if (transform.takes_any_momenta() && (at[0] < k[0] - margin || at[at.size() - 1] > k[k.size() - 1] + margin))
            throw InputError(fmt::format("{}: has k* from {:.6g} to {:.6g} MeV/c, {} was trained on {:.6g} to {:.6g}",
                                         dataset.path(), at[0], at[at.size() - 1], c.model, k[0], k[k.size() - 1]));
        if (!transform.takes_any_momenta() && (at.size() != k.size() || (at - k).abs().maxCoeff() > margin))
            throw InputError(
                fmt::format("{}: has other k* than those that {} was trained on; networks with `views` take any",
                            dataset.path(), c.model));
    }
    if (model.features.errors && !c.errors)
        throw InputError(c.model + ": takes errors of C; say in `errors` which the samples get");
    if (!model.features.errors && c.errors)
        throw InputError(c.model + ": takes no errors of C; leave out `errors`, or train a network with them");
}

/// Collective. Of physics that the network never saw it knows nothing, and fits would be to the training's.
void check_family(Communicator const& comm, Model const& model, PredictConfig const& c, DatasetFile const& dataset) {
    std::vector<std::string> ignored{"dataset", "solver", "momentum", "pair.name"};
    for (auto const& name : dataset.measurements().names) ignored.push_back("measurements." + name + ".momentum");
    auto const prior = dataset.difference_to_config(model.dataset_config, ignored);
    ignored.insert(ignored.end(), model.dataset_parameters.begin(), model.dataset_parameters.end());
    auto const fixed = dataset.difference_to_config(model.dataset_config, ignored);
    if (prior.empty()) return;
    auto const text = fmt::format("{}: is of another family than the training of {}: {} in the training's",
                                  dataset.path(), c.model, fixed.empty() ? prior : fixed);
    agree(comm, [&] {
        if (c.refine && !fixed.empty()) throw InputError(text + "; leave out refine, whose fits are of the training's");
    });
    warn(comm, text);
}

/// Of each target; of its error where the network says one the width of (prediction - truth) / error; of an ensemble
/// how far its members are apart, root mean square beside that of the error.
void report(Communicator const& comm, Model const& model, SampleAnswers const& answers) {
    auto metrics = compare(comm, model.targets.physical(answers.truth), model.targets.physical(answers.prediction));
    metrics.r_squared = compare(comm, answers.truth, answers.prediction).r_squared;
    auto const targets = answers.truth.cols();
    Eigen::RowVectorXd sums = Eigen::RowVectorXd::Zero(3 * targets + 1);
    RowMatrixXd const apart = answers.prediction - answers.truth;
    if (answers.error.cols() > 0) sums.head(targets) = (apart.array() / answers.error.array()).square().colwise().sum();
    if (answers.spread.cols() > 0) {
        sums.segment(targets, targets) = answers.spread.cwiseAbs2().colwise().sum();
        sums.segment(2 * targets, targets) = apart.cwiseAbs2().colwise().sum();
    }
    sums[3 * targets] = static_cast<double>(answers.truth.rows());
    comm.sum(sums.data(), static_cast<std::size_t>(sums.size()));
    for (Eigen::Index t = 0; t < targets; ++t) {
        auto const& target = model.targets.targets[static_cast<std::size_t>(t)];
        auto const pull = answers.error.cols() > 0
                              ? fmt::format("  pulls' width {:.3f}", std::sqrt(sums[t] / sums[3 * targets]))
                              : "";
        auto const spread = answers.spread.cols() > 0
                                ? fmt::format("  members {:.3f} of the error apart",
                                              std::sqrt(sums[targets + t] / sums[2 * targets + t]))
                                : "";
        say(comm,
            fmt::format("{:<24} R^2 {:.6f}  RMSE {:.4g} {}  bias {:+.2g} {}{}{}", target.name, metrics.r_squared[t],
                        metrics.rmse[t], target.unit, metrics.bias[t], target.unit, pull, spread));
    }
}

void warn_of_errors(Communicator const& comm, SampleAnswers const& answers, std::int64_t total) {
    auto const by_network = answers.larger_errors - answers.by_references;
    for (auto const& [count, text] :
         {std::pair{answers.smaller_errors, "smaller than any of the training's: the network takes them for those"},
          std::pair{answers.by_references,
                    "larger than any of the training's: answered by the training's samples that meet them"},
          std::pair{by_network, "larger than any of the training's: the network's errors are not known"}}) {
        auto const all = comm.sum(count);
        if (all > 0)
            warn(comm, fmt::format("{:.3g} % of the samples have errors {}",
                                   100.0 * static_cast<double>(all) / static_cast<double>(total), text));
    }
}

void write_answers(File& file, Config const& config, PredictConfig const& c, Model const& model,
                   SampleAnswers const& answers, IndexRange rows, std::int64_t total) {
    write_provenance(file, {"predictions", predictions_format_version, config.resolved(), c.seed});
    auto const units = fmt::format("{}", fmt::join(model.targets.units(), ", "));
    auto const write = [&](std::string const& name, RowMatrixXd const& values, std::string const& unit,
                           char const* description) {
        file.create_dataset(name, {total, answers.truth.cols()}, Precision::float64,
                            {unit, description, {"sample", "target"}});
        file.set_attribute(name, "names", model.targets.names());
        file.write_rows(name, rows, values);
    };
    write("/test/truth", model.targets.physical(answers.truth), units, "true targets");
    write("/test/prediction", model.targets.physical(answers.prediction), units, "the network's targets");
    if (answers.error.cols() > 0)
        write("/test/error", (answers.error.array().rowwise() * model.targets.scale.array()).matrix(),
              "of the coordinates", "the network's standard errors, in the coordinates that it learnt");
    if (answers.spread.cols() > 0)
        write("/test/spread", (answers.spread.array().rowwise() * model.targets.scale.array()).matrix(),
              "of the coordinates", "standard deviations of the members' answers, in the coordinates that they learnt");
}

/// Collective. The family to which the dataset's samples are fitted.
SampleFamily family_to_refine(Communicator const& comm, Section const& root, PredictConfig const& c, Model const& model,
                              DatasetFile const& dataset) {
    agree(comm, [&] {
        if (!answers_all(model))
            throw InputError(fmt::format(
                "{}: answers {}, its dataset varied {}; only a network of all parameters can be "
                "refined",
                c.model, fmt::join(model.targets.names(), ", "), fmt::join(model.dataset_parameters, ", ")));
    });
    auto const family = family_of_model(root, model, c.model, comm);
    auto const k = family.k_star_MeV(), own = dataset.k_star_MeV();
    agree(comm, [&] {
        if (k.size() != own.size() || (k - own).abs().maxCoeff() > 1e-6 * k.maxCoeff())
            throw InputError(dataset.path() +
                             ": has other k* than the training's, whose family is fitted; leave out refine");
    });
    return family;
}

}  // namespace

void run_predict(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    auto const c = read_predict_config(root);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;
    set_torch_threads(1);
    Model model = read_model(comm, c.model);
    model.network.move_to(device_of(comm, c.device));
    DatasetFiles const files(comm, c.datasets);
    LearntValues learnt;
    agree(comm, [&] {
        learnt = learnt_values(root.section("dataset"), model.targets.names(), files.first());
        check_model(model, c, files.first());
        if (c.first + std::max<std::int64_t>(c.samples, 1) > files.samples())
            root.section("dataset").fail("samples",
                                         fmt::format("goes beyond the {} samples that there are", files.samples()));
    });
    check_family(comm, model, c, files.first());
    auto const total = c.samples > 0 ? c.samples : files.samples() - c.first;
    auto const rows = share_of(total, comm.rank(), comm.size());
    auto const samples = files.read({c.first + rows.begin, c.first + rows.end});
    SampleView const view{split(files.first().measurements(), files.first().k_star_MeV()), c.errors, c.seed};
    SampleAnswers answers;
    agree(comm, [&] { answers = answers_of(model, view, learnt, samples, c.first + rows.begin); });
    say(comm, fmt::format("predict: {} samples of {} by {}", total, fmt::join(c.datasets, ", "), c.model));
    report(comm, model, answers);
    warn_of_errors(comm, answers, total);
    std::optional<SampleFamily> family;
    std::optional<RefinedAnswers> refined;
    if (c.refine) {
        family = family_to_refine(comm, root, c, model, files.first());
        auto const count = std::min(c.refine->samples, total);
        auto const mine = share_of(count, comm.rank(), comm.size());
        auto const chosen = files.read({c.first + mine.begin, c.first + mine.end});
        agree(comm, [&] {
            // One by one, so that the fits begin at the same bits for any number of ranks.
            RowMatrixXd outputs(mine.size(), model.network.targets());
            for (Eigen::Index i = 0; i < mine.size(); ++i)
                outputs.row(i) = network_answers(model, view.features(model, chosen.correlation.middleRows(i, 1),
                                                                      c.first + mine.begin + i))
                                     .mean.row(0);
            refined = refined_answers(*family, model, *c.refine, chosen, model.targets.physical(outputs), mine, count);
        });
        report_refined(comm, model.targets, *c.refine, *refined);
    }
    write_atomically(comm, c.output, [&](std::string const& temporary) {
        File file(comm, temporary, File::Mode::create);
        write_answers(file, config, c, model, answers, rows, total);
        if (refined) write_refined(file, *family, *refined);
        file.close();
    });
    say(comm, "predictions: " + c.output);
}

}  // namespace hadronforce
