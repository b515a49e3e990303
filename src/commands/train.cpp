#include "commands/command.hpp"
#include "commands/train_config.hpp"
#include "commands/train_data.hpp"
#include "hadronforce/learning/checkpoint.hpp"
#include "hadronforce/learning/model_file.hpp"
#include "hadronforce/learning/script_file.hpp"
#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/report/progress.hpp"
#include "hadronforce/storage/file_identity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <stdexcept>

namespace hadronforce {
namespace {

constexpr std::int64_t predictions_format_version = 1;

std::string curve_text(std::vector<EpochRecord> const& curve) {
    std::string text = "epoch,learning_rate,training_loss,validation_loss,seconds\n";
    for (auto const& r : curve)
        text += fmt::format("{},{:.9g},{:.9g},{:.9g},{:.3f}\n", r.epoch, r.learning_rate, r.training_loss,
                            r.validation_loss, r.seconds);
    return text;
}

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

/// Trains, with a checkpoint beside the model, which stays until that is written.
class TrainingRun {
  public:
    TrainingRun(Communicator const& comm, Config const& config, TrainConfig const& c)
        : comm_(comm),
          c_(c),
          checkpoint_(c.model + ".checkpoint"),
          identity_(identity_of(
              config, {"output", "training.checkpoint_every_s", "training.threads", "dataset.solver_threads"}, comm)) {}

    TrainingState train(Network& network, TrainingData const& data, bool resume) {
        auto const resume_from = resume ? state_so_far(network) : std::nullopt;
        Progress progress(comm_, "epochs", c_.training.epochs);
        std::int64_t const begun_at = resume_from ? resume_from->epoch : 0;
        bool const written_through = is_pipe_or_device(c_.learning_curve);  // where nothing can be written again
        TrainingCallbacks callbacks;
        callbacks.save = [&](TrainingState const& state) {
            write_atomically(comm_, checkpoint_, [&](std::string const& temporary) {
                write_checkpoint(comm_, temporary, state, identity_);
            });
        };
        callbacks.epoch_done = [&](TrainingState const& state) {
            if (!written_through) try {
                    write_text(comm_, c_.learning_curve, curve_text(state.curve));
                } catch (
                    std::runtime_error const&) {  // on all ranks; written again, and reported, once there is a model
                }
            progress.update(state.epoch + 1, begun_at,
                            fmt::format("validation loss {:.2e}", state.curve.back().validation_loss));
        };
        return hadronforce::train(comm_, network, c_.training, data.batches, data.validation, resume_from, callbacks);
    }

    void remove_checkpoint() const {
        agree_on_root(comm_, [&] { std::remove(checkpoint_.c_str()); });
    }

  private:
    std::optional<TrainingState> state_so_far(Network const& network) const {
        if (file_exists(comm_, checkpoint_))
            return read_checkpoint(comm_, checkpoint_, identity_,
                                   {c_.training.epochs, steps_an_epoch(c_.training, c_.training_samples),
                                    network.parameter_count(), c_.training.average_decay > 0.0});
        say(comm_, "no checkpoint yet: training starts from the beginning");
        return std::nullopt;
    }

    Communicator const& comm_;
    TrainConfig const& c_;
    std::string checkpoint_;
    RunIdentity identity_;
};

RowMatrixXd predictions_of(Network const& network, TargetTransform const& targets, Shard const& shard) {
    return targets.physical(network.predict(shard.inputs));
}

void write_predictions(Communicator const& comm, std::string const& path, std::string const& config, std::int64_t seed,
                       Network const& network, TrainingData const& data) {
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

}  // namespace

void run_train(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    TrainConfig const c = read_train_config(root);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    set_torch_threads(static_cast<int>(c.threads));
    DatasetFiles files(comm, c.datasets);
    if (files.failed_samples() > 0)
        say(comm,
            fmt::format("{}: {} failed samples are left out", fmt::join(c.datasets, ", "), files.failed_samples()));
    TrainingData const data = read_training_data(comm, root, c, files);
    Network network(c.network, data.features.inputs(), static_cast<std::int64_t>(data.targets.targets.size()),
                    c.training.seed);
    say(comm, fmt::format("train: {} samples {} ({} for validation, {} for the test), {} features, {} weights, {} "
                          "rank{}",
                          c.training_samples,
                          c.training_from == "solve" ? "an epoch, each solved anew"
                                                     : fmt::format("of {}", fmt::join(c.datasets, ", ")),
                          c.validation_samples, data.test.total, network.inputs(), network.parameter_count(),
                          comm.size(), comm.size() == 1 ? "" : "s"));
    warn_of_slow_products(comm);

    TrainingRun run(comm, config, c);
    auto const state = run.train(network, data, options.resume);
    if (state.epoch < c.training.epochs)
        say(comm, fmt::format("stopped early: no better validation loss in {} epochs", c.training.patience));
    auto const on_test = measure(comm, network, data.targets, data.test);
    print_metrics(comm, "training", measure(comm, network, data.targets, data.seen), data.targets);
    print_metrics(comm, "test", on_test, data.targets);

    Model const model{std::move(network),   data.features, data.targets, on_test, files.first().provenance().config,
                      files.first().names()};
    write_atomically(comm, c.model, [&](std::string const& temporary) {
        write_model(comm, temporary, model, config.resolved(), c.training.seed);
    });
    write_text(comm, c.learning_curve, curve_text(state.curve));
    if (!c.predictions.empty())
        write_atomically(comm, c.predictions, [&](std::string const& temporary) {
            write_predictions(comm, temporary, config.resolved(), c.training.seed, model.network, data);
        });
    if (!c.script.empty())
        write_atomically(comm, c.script, [&](std::string const& temporary) {
            agree_on_root(comm, [&] { write_script(temporary, model); });
        });
    run.remove_checkpoint();
    say(comm, fmt::format("model: {}\nlearning curve: {}", c.model, c.learning_curve));
    if (!c.predictions.empty()) say(comm, "predictions: " + c.predictions);
    if (!c.script.empty()) say(comm, "TorchScript: " + c.script);
}

}  // namespace hadronforce
