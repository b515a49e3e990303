#include "commands/command.hpp"
#include "commands/train_config.hpp"
#include "commands/train_data.hpp"
#include "commands/training_run.hpp"
#include "hadronforce/learning/model_file.hpp"
#include "hadronforce/learning/script_file.hpp"
#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

namespace hadronforce {
namespace {

constexpr std::int64_t predictions_format_version = 1;

void print_metrics(Communicator const& comm, char const* part, Metrics const& metrics, TargetTransform const& targets) {
    for (std::size_t i = 0; i < targets.targets.size(); ++i) {
        auto const& target = targets.targets[i];
        auto const c = static_cast<Eigen::Index>(i);
        say(comm, fmt::format("{:<8} {:<14} R^2 {:.6f}{}  RMSE {:.4g} {}  bias {:+.2g} {}", part, target.name,
                              metrics.r_squared[c],
                              target.scale == TargetScale::linear      ? ""
                              : target.scale == TargetScale::logarithm ? " (ln)"
                                                                       : " (quantiles)",
                              metrics.rmse[c], target.unit, metrics.bias[c], target.unit));
    }
}

void warn_of_slow_products(Communicator const& comm) {
    if (!comm.is_root()) return;
    if (double const gflops = matrix_product_gflops(); gflops < 10.0)
        std::fprintf(stderr,
                     "hadronforce: matrix products run at %.0f GFLOP/s, as with the reference BLAS; install "
                     "libopenblas0-pthread\n",
                     gflops);
}

RowMatrixXd predictions_of(NetworkEnsemble const& network, TargetTransform const& targets, Shard const& shard) {
    return targets.physical(network.predict(shard.inputs));
}

void write_predictions(Communicator const& comm, std::string const& path, std::string const& config, std::int64_t seed,
                       NetworkEnsemble const& network, TrainingData const& data) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"predictions", predictions_format_version, config, seed});
    auto const& targets = data.targets;
    for (auto const& [part, shard] :
         {std::pair<char const*, Shard const*>{"training", &data.seen}, {"test", &data.test}})
        for (bool truth : {true, false}) {
            std::string const name = fmt::format("/{}/{}", part, truth ? "truth" : "prediction");
            file.create_dataset(name, {shard->total, static_cast<std::int64_t>(targets.targets.size())},
                                Precision::float64,
                                {fmt::format("{}", fmt::join(targets.units(), ", ")),
                                 truth ? "true parameters" : "the network's parameters",
                                 {"sample", "parameter"}});
            file.set_attribute(name, "names", targets.names());
            file.write_rows(name, shard->rows,
                            truth ? targets.physical(shard->targets) : predictions_of(network, targets, *shard));
        }
    file.close();
}

/// How far the members are apart, as a part of the ensemble's error, both root mean squares in what was learnt.
void print_spread(Communicator const& comm, NetworkEnsemble const& network, TrainingData const& data) {
    auto const predictions = network.predictions(data.test.inputs);
    auto const targets = data.test.targets.cols();
    Eigen::RowVectorXd sums(2 * targets);
    sums << spread_of(predictions).cwiseAbs2().colwise().sum(),
        (network.predict(data.test.inputs) - data.test.targets).cwiseAbs2().colwise().sum();
    comm.sum(sums.data(), static_cast<std::size_t>(sums.size()));
    for (Eigen::Index t = 0; t < targets; ++t)
        say(comm, fmt::format("members  {:<14} {:.3f} of the error apart",
                              data.targets.targets[static_cast<std::size_t>(t)].name,
                              std::sqrt(sums[t] / sums[targets + t])));
}

/// Collective over a group that has all samples: what is known of the networks, and the files.
void write_all(Communicator const& comm, Config const& config, TrainConfig const& c, DatasetFiles const& files,
               TrainingData const& data, NetworkEnsemble networks, std::string const& curves) {
    auto const on_test = measure(comm, networks, data.targets, data.test);
    print_metrics(comm, "training", measure(comm, networks, data.targets, data.seen), data.targets);
    print_metrics(comm, "test", on_test, data.targets);
    if (c.members > 1) print_spread(comm, networks, data);
    Model const model{std::move(networks),   data.features,  data.targets, on_test, files.first().provenance().config,
                      files.first().names(), data.references};
    write_atomically(comm, c.model, [&](std::string const& temporary) {
        write_model(comm, temporary, model, config.resolved(), c.training.seed);
    });
    write_text(comm, c.learning_curve, curves);
    if (!c.predictions.empty())
        write_atomically(comm, c.predictions, [&](std::string const& temporary) {
            write_predictions(comm, temporary, config.resolved(), c.training.seed, model.network, data);
        });
    if (!c.script.empty())
        write_atomically(comm, c.script, [&](std::string const& temporary) {
            agree_on_root(comm, [&] { write_script(temporary, model); });
        });
}

}  // namespace

void run_train(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    TrainConfig c = read_train_config(root);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    set_torch_threads(static_cast<int>(c.threads));
    c.device = device_of(comm, c.device);
    TrainingGroups const groups(comm, c.members);
    auto const& mine = groups.mine();
    std::optional<DatasetFiles> files;
    TrainingData data;
    agree(comm, [&] {
        files.emplace(mine, c.datasets);
        data = read_training_data(mine, root, c, *files);
    });
    if (files->failed_samples() > 0)
        say(comm,
            fmt::format("{}: {} failed samples are left out", fmt::join(c.datasets, ", "), files->failed_samples()));
    auto const weights =
        weights_of(c.network, data.features.inputs(), static_cast<std::int64_t>(data.targets.targets.size()));
    std::int64_t parameters = 0;
    for (auto const& weight : weights) parameters += weight.size();
    say(comm, fmt::format("train: {} samples {} ({} for validation, {} for the test), {} features, {} weights{}, {} "
                          "rank{}",
                          c.training_samples,
                          c.training_from == "solve" ? "an epoch, each solved anew"
                                                     : fmt::format("of {}", fmt::join(c.datasets, ", ")),
                          c.validation_samples, data.test.total, data.features.inputs(), parameters,
                          c.members == 1 ? "" : fmt::format(" of each of {} members", c.members), comm.size(),
                          comm.size() == 1 ? "" : "s"));
    warn_of_slow_products(comm);

    TrainingRun run(comm, config, c);
    auto networks = run.train(groups, data, options.resume);
    networks.move_to("cpu");
    agree(comm, [&] {
        if (groups.is_first()) write_all(mine, config, c, *files, data, std::move(networks), run.curves_text());
    });
    run.remove_checkpoints();
    say(comm, fmt::format("model: {}\nlearning curve: {}", c.model, c.learning_curve));
    if (!c.predictions.empty()) say(comm, "predictions: " + c.predictions);
    if (!c.script.empty()) say(comm, "TorchScript: " + c.script);
}

}  // namespace hadronforce
