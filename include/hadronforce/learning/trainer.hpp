#pragma once

#include "hadronforce/learning/batches.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// How the learning rate follows the size of the global batch, relative to batches of 128.
enum class BatchScaling { none, square_root, linear };

struct TrainingSettings {
    std::int64_t batch_size = 128;  ///< samples of one step over all ranks
    std::int64_t epochs = 60;
    double learning_rate = 3e-3;  ///< the schedule's highest, of batches of 128
    BatchScaling batch_scaling = BatchScaling::none;
    std::string schedule = "one_cycle";  ///< one_cycle, cosine or constant
    double weight_decay = 0.0;           ///< of AdamW; 0 is Adam
    double clip_norm = 0.0;              ///< the gradient's largest norm; 0: any
    /// Of the weights' running mean, whose network is then validated and kept; 0: the weights themselves.
    double average_decay = 0.0;
    std::int64_t patience = 20;  ///< epochs without a better validation loss before it stops
    double checkpoint_every_s = 60.0;
    std::int64_t seed = 1;  ///< of the order of samples
};

/// A line of the learning curve. Losses are the estimator's, a sample and target: mean squared errors of standardised
/// targets where it is their mean.
struct EpochRecord {
    std::int64_t epoch;
    double learning_rate;
    double training_loss;
    double validation_loss;
    double seconds;
};

/// Where the time of a run's steps went, on this rank.
struct TrainingTimes {
    double steps_s = 0.0;      ///< all of them, without validation
    double samples_s = 0.0;    ///< of these until samples were there
    double sums_s = 0.0;       ///< of these in sums over ranks, the wait for the slowest among them
    std::int64_t samples = 0;  ///< over all ranks
};

/// Everything that training needs to go on exactly where it was.
struct TrainingState {
    std::int64_t epoch = 0;    ///< being worked on; those of the training once it is done
    std::int64_t step = 0;     ///< next batch of that epoch
    double loss_sum = 0.0;     ///< of this epoch so far
    std::int64_t samples = 0;  ///< that it is the sum of
    double seconds = 0.0;
    std::vector<double> parameters;
    std::int64_t optimiser_steps = 0;
    std::vector<double> first_moment;
    std::vector<double> second_moment;
    std::vector<double> average;  ///< of the weights; empty without
    double best_loss = std::numeric_limits<double>::infinity();
    std::int64_t epochs_since_best = 0;
    std::vector<double> best_parameters;
    std::vector<EpochRecord> curve;
    TrainingTimes times;  ///< of this run alone; no checkpoint keeps them
};

struct TrainingCallbacks {
    std::function<void(TrainingState const&)> epoch_done;
    std::function<void(TrainingState const&)> save;  ///< writes a checkpoint, the last one when all is done
};

/// Collective. Minimises the estimator's loss over all ranks' samples: every global batch is the same set of samples
/// for any number of ranks, gradients, loss and counts are summed in one reduction a step and divided once. The network
/// is left with the parameters of the best validation loss. Throws Stopped after saving when a signal asks for it,
/// std::runtime_error for a loss that is not finite, and on all ranks what a batch threw on any.
TrainingState train(Communicator const& comm, Network& network, TrainingSettings const& settings,
                    BatchesPointer const& training, Shard const& validation,
                    std::optional<TrainingState> const& resume_from, TrainingCallbacks const& callbacks);

/// The same on samples in memory.
TrainingState train(Communicator const& comm, Network& network, TrainingSettings const& settings, Shard const& training,
                    Shard const& validation, std::optional<TrainingState> const& resume_from,
                    TrainingCallbacks const& callbacks);

/// Batches of an epoch; one larger than all samples is as large as they are.
std::int64_t steps_an_epoch(TrainingSettings const& settings, std::int64_t samples);

/// Learning rate of step `step` of `steps`.
double scheduled_learning_rate(TrainingSettings const& settings, std::int64_t step, std::int64_t steps);

/// Collective. The estimator's loss over all ranks' samples, a sample and target.
double mean_loss(Communicator const& comm, Network const& network, Shard const& shard);

}  // namespace hadronforce
