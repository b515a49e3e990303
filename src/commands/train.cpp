#include "commands/command.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/learning/checkpoint.hpp"
#include "hadronforce/learning/model_file.hpp"
#include "hadronforce/learning/network_forms.hpp"
#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parameters/parameter.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/report/progress.hpp"
#include "hadronforce/storage/file_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace hadronforce {
namespace {

// Means, components and scales are stable long before this many samples; every rank reads the same ones.
constexpr std::int64_t statistics_samples = 50000;
constexpr std::int64_t statistics_numbers = 30000000;  // 240 MB
constexpr std::int64_t most_momenta = 5000;            // the covariance of so many has 200 MB

struct TrainConfig {
    std::string dataset;
    std::int64_t training_samples = 0;
    std::int64_t validation_samples = 0;
    std::vector<std::string> targets;
    bool logarithm = true;
    double smallest_variance = 0.0;
    std::int64_t most_components = 0;
    NetworkSettings network;
    TrainingSettings training;
    std::int64_t threads = 1;
    std::string model;
    std::string learning_curve;
    std::string predictions;
};

std::vector<std::int64_t> with_ends(std::vector<std::int64_t> widths, std::int64_t inputs, std::int64_t outputs) {
    widths.insert(widths.begin(), inputs);
    widths.push_back(outputs);
    return widths;
}

Check<std::int64_t> from_1_to(std::int64_t highest) {
    return [highest](std::int64_t const& value) {
        return value >= 1 && value <= highest ? "" : fmt::format("must lie between 1 and {}", highest);
    };
}

/// A batch of which one rank holds all samples, every layer's numbers, their gradients and what is between.
void check_batch(Section const& root, TrainConfig const& c, std::int64_t samples) {
    constexpr double most_bytes = 2147483648.0;
    double units = 0.0;
    for (auto width : c.network.widths) units += static_cast<double>(width);
    double const bytes = 4.0 * units * (c.network.precision == Precision::float32 ? 4.0 : 8.0);
    auto const rows = static_cast<double>(std::min(c.training.batch_size, samples));
    if (rows * bytes > most_bytes)
        root.section("training")
            .fail("batch_size", fmt::format("needs {:.0f} GB for a batch of {:.0f} samples; for this network at "
                                            "most {:.0f}",
                                            rows * bytes * 1e-9, rows, std::floor(most_bytes / bytes)));
}

TrainConfig read_train_config(Section const& root) {
    TrainConfig c;
    Section const dataset = root.section("dataset");
    c.dataset = dataset.input("file");
    c.training_samples = dataset.required<std::int64_t>("training_samples", at_least(2));
    c.validation_samples = dataset.required<std::int64_t>("validation_samples", at_least(1));
    c.targets = dataset.optional<std::vector<std::string>>("targets", {});

    Section const features = root.optional_section("features");
    c.logarithm = features.optional<std::string>("input", "log_correlation",
                                                 one_of({"log_correlation", "correlation"})) == "log_correlation";
    c.smallest_variance = features.optional<double>("smallest_variance", 1e-10, between(0.0, 1.0));
    c.most_components = features.optional<std::int64_t>("components", 30, at_least(1));

    Section const network = root.optional_section("network");
    c.network.form = network.optional<std::string>("form", c.network.form, one_of(network_form_names()));
    c.network.widths = network.optional<std::vector<std::int64_t>>(
        "widths", c.network.widths, [](std::vector<std::int64_t> const& widths) -> std::string {
            if (auto problem = each(at_least(1))(widths); !problem.empty()) return problem;
            return failure_of([&] { weights_of(with_ends(widths, 1, 1)); }).value_or(Failure{}).message;
        });
    c.network.activation =
        network.optional<std::string>("activation", c.network.activation, one_of({"silu", "tanh", "relu", "gelu"}));
    auto const precision = network.optional<std::string>("precision", "float32", one_of({"float32", "float64"}));
    c.network.precision = precision == "float32" ? Precision::float32 : Precision::float64;

    Section const training = root.optional_section("training");
    auto& t = c.training;
    t.batch_size = training.optional<std::int64_t>("batch_size", t.batch_size, at_least(1));
    t.epochs = training.optional<std::int64_t>("epochs", t.epochs, from_1_to(1000000));
    t.learning_rate = training.optional<double>("learning_rate", t.learning_rate, positive());
    t.schedule = training.optional<std::string>("schedule", t.schedule, one_of({"one_cycle", "cosine", "constant"}));
    t.weight_decay = training.optional<double>("weight_decay", t.weight_decay, not_negative());
    t.patience = training.optional<std::int64_t>("patience", t.patience, at_least(1));
    t.checkpoint_every_s = training.optional<double>("checkpoint_every_s", t.checkpoint_every_s, positive());
    t.seed = training.optional<std::int64_t>("seed", t.seed, at_least(0));
    c.threads = training.optional<std::int64_t>("threads", 1, from_1_to(cores_of_machine()));

    Section const output = root.section("output");
    c.model = output.output("model", OutputKind::hdf5);
    c.learning_curve = output.output("learning_curve", OutputKind::text);
    c.predictions = output.optional_output("predictions", OutputKind::hdf5);
    return c;
}

/// Columns of the targets among the dataset's parameters; all where none are named.
std::vector<Eigen::Index> target_columns(Section const& root, std::vector<std::string> const& targets,
                                         std::vector<std::string> const& names) {
    std::vector<Eigen::Index> columns;
    for (auto const& target : targets) {
        auto const found =
            std::find_if(names.begin(), names.end(), [&](auto const& name) { return same_parameter(name, target); });
        if (found == names.end())
            root.section("dataset").fail("targets",
                                         fmt::format("names {}; the dataset has {}", target, fmt::join(names, ", ")));
        columns.push_back(found - names.begin());
    }
    for (Eigen::Index i = 0; targets.empty() && i < static_cast<Eigen::Index>(names.size()); ++i) columns.push_back(i);
    return columns;
}

RowMatrixXd targets_of(DatasetFile const& dataset, IndexRange rows, std::vector<Eigen::Index> const& columns) {
    return dataset.parameters(rows)(Eigen::all, columns);
}

std::string curve_text(std::vector<EpochRecord> const& curve) {
    std::string text = "epoch,learning_rate,training_loss,validation_loss,seconds\n";
    for (auto const& r : curve)
        text += fmt::format("{},{:.9g},{:.9g},{:.9g},{:.3f}\n", r.epoch, r.learning_rate, r.training_loss,
                            r.validation_loss, r.seconds);
    return text;
}

void print_metrics(Communicator const& comm, char const* part, Metrics const& metrics, TargetTransform const& targets) {
    for (std::size_t i = 0; i < targets.names.size(); ++i) {
        auto const c = static_cast<Eigen::Index>(i);
        say(comm,
            fmt::format("{:<8} {:<14} R^2 {:.6f}  RMSE {:.4g} {}  bias {:+.2g} {}", part, targets.names[i],
                        metrics.r_squared[c], metrics.rmse[c], targets.units[i], metrics.bias[c], targets.units[i]));
    }
}

constexpr std::int64_t predictions_format_version = 1;

}  // namespace

void run_train(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    TrainConfig const c = read_train_config(root);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    set_torch_threads(static_cast<int>(c.threads));
    DatasetFile const dataset(comm, c.dataset);
    if (dataset.failed_samples() > 0)
        say(comm, fmt::format("{}: {} failed samples are left out", c.dataset, dataset.failed_samples()));
    std::int64_t const fitted = c.training_samples + c.validation_samples;
    if (fitted >= dataset.samples())
        root.section("dataset").fail(
            "training_samples",
            fmt::format("and validation_samples make {}, and {} has {} samples; leave some for the test", fitted,
                        c.dataset, dataset.samples()));
    auto const columns = target_columns(root, c.targets, dataset.names());
    std::vector<std::string> names, units;
    for (auto column : columns) {
        names.push_back(dataset.names()[static_cast<std::size_t>(column)]);
        units.push_back(dataset.units()[static_cast<std::size_t>(column)]);
    }

    check_batch(root, c, c.training_samples);
    auto const momenta = static_cast<std::int64_t>(dataset.k_star_MeV().size());
    if (momenta > most_momenta)
        throw InputError(fmt::format("{}: has {} k*, too many for principal components; at most {}", c.dataset, momenta,
                                     most_momenta));
    IndexRange const statistics{
        0, std::min({c.training_samples, statistics_samples, std::max<std::int64_t>(2, statistics_numbers / momenta)})};
    auto const statistics_correlation = dataset.correlation(statistics);
    auto const statistics_targets = targets_of(dataset, statistics, columns);
    FeatureTransform features;
    TargetTransform targets;
    agree(comm, [&] {
        features = make_feature_transform(dataset.k_star_MeV(), statistics_correlation, c.logarithm,
                                          c.smallest_variance, c.most_components);
        targets = make_target_transform(names, units, statistics_targets);
    });
    auto const shard_of = [&](std::int64_t first, std::int64_t count) {
        Shard shard{share_of(count, comm.rank(), comm.size()), count, {}, {}};
        IndexRange const rows{shard.rows.begin + first, shard.rows.end + first};
        auto const correlation = dataset.correlation(rows);
        auto const values = targets_of(dataset, rows, columns);
        agree(comm, [&] {
            shard.inputs = features.features(correlation);
            shard.targets = targets.standardised(values);
        });
        return shard;
    };
    Shard const training = shard_of(0, c.training_samples);
    Shard const validation = shard_of(c.training_samples, c.validation_samples);
    Shard const test = shard_of(fitted, dataset.samples() - fitted);

    Network network(c.network, features.components.projection.cols(), static_cast<std::int64_t>(names.size()),
                    c.training.seed);
    say(comm,
        fmt::format("train: {} samples of {} ({} for validation, {} for the test), {} features, {} weights, {} rank{}",
                    c.training_samples, c.dataset, c.validation_samples, test.total, network.inputs(),
                    network.parameter_count(), comm.size(), comm.size() == 1 ? "" : "s"));
    if (comm.is_root())
        if (double const gflops = matrix_product_gflops(); gflops < 10.0)
            std::fprintf(stderr,
                         "hadronforce: matrix products run at %.0f GFLOP/s, as with the reference BLAS; install "
                         "libopenblas0-pthread\n",
                         gflops);

    std::string const checkpoint = c.model + ".checkpoint";
    auto const identity = identity_of(config, {"output", "training.checkpoint_every_s", "training.threads"}, comm);
    std::optional<TrainingState> resume_from;
    if (options.resume) {
        if (file_exists(comm, checkpoint))
            resume_from = read_checkpoint(
                comm, checkpoint, identity,
                {c.training.epochs, steps_an_epoch(c.training, training.total), network.parameter_count()});
        else
            say(comm, "no checkpoint yet: training starts from the beginning");
    }

    Progress progress(comm, "epochs", c.training.epochs);
    std::int64_t const begun_at = resume_from ? resume_from->epoch : 0;
    bool const written_through = is_pipe_or_device(c.learning_curve);  // where nothing can be written again
    TrainingCallbacks callbacks;
    callbacks.save = [&](TrainingState const& state) {
        write_atomically(comm, checkpoint,
                         [&](std::string const& temporary) { write_checkpoint(comm, temporary, state, identity); });
    };
    callbacks.epoch_done = [&](TrainingState const& state) {
        if (!written_through) try {
                write_text(comm, c.learning_curve, curve_text(state.curve));
            } catch (std::runtime_error const&) {  // on all ranks; written again, and reported, once the model is saved
            }
        progress.update(state.epoch + 1, begun_at,
                        fmt::format("validation loss {:.2e}", state.curve.back().validation_loss));
    };
    auto const state = train(comm, network, c.training, training, validation, resume_from, callbacks);
    if (state.epoch < c.training.epochs)
        say(comm, fmt::format("stopped early: no better validation loss in {} epochs", c.training.patience));

    auto const predict = [&](Network const& trained, Shard const& shard) {
        return targets.physical(trained.predict(shard.inputs));
    };
    Metrics const on_training = compare(comm, targets.physical(training.targets), predict(network, training));
    Metrics const on_test = compare(comm, targets.physical(test.targets), predict(network, test));
    print_metrics(comm, "training", on_training, targets);
    print_metrics(comm, "test", on_test, targets);

    Model const model{std::move(network), features, targets, on_test, dataset.provenance().config, dataset.names()};
    write_atomically(comm, c.model, [&](std::string const& temporary) {
        write_model(comm, temporary, model, config.resolved(), c.training.seed);
    });
    write_text(comm, c.learning_curve, curve_text(state.curve));
    if (!c.predictions.empty())
        write_atomically(comm, c.predictions, [&](std::string const& temporary) {
            File file(comm, temporary, File::Mode::create);
            write_provenance(file, {"predictions", predictions_format_version, config.resolved(), c.training.seed});
            for (auto const& [part, shard] :
                 {std::pair<char const*, Shard const*>{"training", &training}, {"test", &test}})
                for (bool truth : {true, false}) {
                    std::string const name = fmt::format("/{}/{}", part, truth ? "truth" : "prediction");
                    file.create_dataset(name, {shard->total, static_cast<std::int64_t>(names.size())},
                                        Precision::float64,
                                        {fmt::format("{}", fmt::join(units, ", ")),
                                         truth ? "true parameters" : "the network's parameters",
                                         {"sample", "parameter"}});
                    file.set_attribute(name, "names", names);
                    file.write_rows(name, shard->rows,
                                    truth ? targets.physical(shard->targets) : predict(model.network, *shard));
                }
            file.close();
        });
    agree_on_root(comm, [&] { std::remove(checkpoint.c_str()); });
    say(comm, fmt::format("model: {}\nlearning curve: {}", c.model, c.learning_curve));
    if (!c.predictions.empty()) say(comm, "predictions: " + c.predictions);
}

}  // namespace hadronforce
