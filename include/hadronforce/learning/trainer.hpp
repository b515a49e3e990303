#pragma once

#include "hadronforce/learning/network.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parallel/work_split.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

struct TrainingSettings {
    std::int64_t batch_size = 128;  ///< samples of one step over all ranks
    std::int64_t epochs = 60;
    double learning_rate = 3e-3;         ///< the schedule's highest
    std::string schedule = "one_cycle";  ///< one_cycle, cosine or constant
    double weight_decay = 0.0;           ///< of AdamW; 0 is Adam
    std::int64_t patience = 20;          ///< epochs without a better validation loss before it stops
    double checkpoint_every_s = 60.0;
    std::int64_t seed = 1;  ///< of the order of samples
};

/// A rank's part of the samples, already transformed.
struct Shard {
    IndexRange rows;  ///< which of all `total` these are
    std::int64_t total = 0;
    RowMatrixXd inputs;   ///< rows.size() x inputs
    RowMatrixXd targets;  ///< rows.size() x outputs
};

/// A line of the learning curve. Losses are mean squared errors of standardised targets.
struct EpochRecord {
    std::int64_t epoch;
    double learning_rate;
    double training_loss;
    double validation_loss;
    double seconds;
};

/// Everything that training needs to go on exactly where it was.
struct TrainingState {
    std::int64_t epoch = 0;  ///< being worked on
    std::int64_t step = 0;   ///< next batch of that epoch
    double loss_sum = 0.0;   ///< of this epoch so far
    double seconds = 0.0;
    std::vector<double> parameters;
    std::int64_t optimiser_steps = 0;
    std::vector<double> first_moment;
    std::vector<double> second_moment;
    double best_loss = std::numeric_limits<double>::infinity();
    std::int64_t epochs_since_best = 0;
    std::vector<double> best_parameters;
    std::vector<EpochRecord> curve;
};

struct TrainingCallbacks {
    std::function<void(TrainingState const&)> epoch_done;
    std::function<void(TrainingState const&)> save;  ///< writes a checkpoint
};

/// Collective. Minimises the mean squared error over all ranks' samples: every global batch is the same set of samples
/// for any number of ranks, gradients, loss and counts are summed in one reduction a step and divided once. The network
/// is left with the parameters of the best validation loss. Throws Stopped after saving when a signal asks for it,
/// std::runtime_error for a loss that is
/// not finite.
TrainingState train(Communicator const& comm, Network& network, TrainingSettings const& settings, Shard const& training,
                    Shard const& validation, std::optional<TrainingState> const& resume_from,
                    TrainingCallbacks const& callbacks);

/// Batches of an epoch; one larger than all samples is as large as they are.
std::int64_t steps_an_epoch(TrainingSettings const& settings, std::int64_t samples);

/// Learning rate of step `step` of `steps`.
double scheduled_learning_rate(TrainingSettings const& settings, std::int64_t step, std::int64_t steps);

/// The order in which an epoch visits the samples: a permutation of [0, samples), a function of its arguments alone.
std::vector<std::int64_t> epoch_order(std::int64_t seed, std::int64_t epoch, std::int64_t samples);

/// Collective. Mean squared error over all ranks' samples.
double mean_squared_error(Communicator const& comm, Network const& network, Shard const& shard);

}  // namespace hadronforce
