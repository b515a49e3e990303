#include "hadronforce/learning/trainer.hpp"

#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "learning/adam.hpp"
#include "learning/batch_gradient.hpp"
#include "learning/batches.hpp"
#include "learning/network_tensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

namespace hadronforce {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// What travels with the gradient, behind the parameters.
enum Extra : std::int64_t { loss_sum, sample_count, stop_requested, save_is_due, failed };

std::vector<double> to_vector(torch::Tensor const& tensor) {
    auto const values = tensor.to(torch::kCPU, torch::kFloat64).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

void copy(std::vector<double> const& values, torch::Tensor to) {
    torch::NoGradGuard const no_gradient;
    auto const count = static_cast<std::int64_t>(values.size());
    to.copy_(torch::from_blob(const_cast<double*>(values.data()), {count}, torch::kFloat64));
}

/// Sums over ranks in place.
void sum(Communicator const& comm, torch::Tensor& tensor) {
    auto const count = static_cast<std::size_t>(tensor.numel());
    if (tensor.scalar_type() == torch::kFloat32)
        comm.sum(tensor.data_ptr<float>(), count);
    else
        comm.sum(tensor.data_ptr<double>(), count);
}

}  // namespace

std::int64_t steps_an_epoch(TrainingSettings const& settings, std::int64_t samples) {
    std::int64_t const batch_size = std::min(settings.batch_size, samples);
    return (samples + batch_size - 1) / batch_size;
}

double mean_loss(Communicator const& comm, Network const& network, Shard const& shard) {
    double sums[2] = {network.loss(shard.inputs, shard.targets), static_cast<double>(shard.targets.size())};
    comm.sum(sums, 2);
    return sums[0] / sums[1];
}

namespace {

/// The running mean of the weights, of a horizon that grows with the steps up to what its decay says.
class AverageOfWeights {
  public:
    AverageOfWeights(torch::Tensor weights, double decay) : weights_(std::move(weights)), decay_(decay) {
        if (exists()) mean_ = weights_.clone();
    }
    bool exists() const { return decay_ > 0.0; }
    void update(std::int64_t steps) {
        if (!exists()) return;
        auto const n = static_cast<double>(steps);
        mean_.lerp_(weights_, 1.0 - std::min(decay_, (1.0 + n) / (10.0 + n)));
    }
    std::vector<double> values() const { return exists() ? to_vector(mean_) : std::vector<double>(); }
    void restore(std::vector<double> const& values) {
        if (exists()) copy(values, mean_);
    }

  private:
    torch::Tensor weights_, mean_;
    double decay_;
};

/// One training, from its state on.
class Training {
  public:
    Training(Communicator const& comm, Network& network, TrainingSettings const& settings, Batches& batches,
             Shard const& validation, TrainingCallbacks const& callbacks)
        : comm_(comm),
          network_(network),
          settings_(settings),
          validation_(validation),
          callbacks_(callbacks),
          tensors_(network.tensors()),
          batches_(batches),
          gradient_(tensors_.gradient.narrow(0, 0, network.parameter_count())),
          summed_(tensors_.gradient.is_cuda() ? torch::empty_like(tensors_.gradient, torch::kCPU).pin_memory()
                                              : tensors_.gradient),
          extras_(summed_.narrow(0, network.parameter_count(), Network::Tensors::extra_sums)),
          batch_gradient_(tensors_),
          optimiser_(tensors_.flat, gradient_, settings.weight_decay),
          average_(tensors_.flat, settings.average_decay) {
        state_.best_parameters = network.parameters();
    }

    void go_on_from(TrainingState const& state) {
        state_ = state;
        state_.times = {};
        network_.set_parameters(state.parameters);
        optimiser_.steps = state.optimiser_steps;
        copy(state.first_moment, optimiser_.first_moment);
        copy(state.second_moment, optimiser_.second_moment);
        average_.restore(state.average);
        begin_ -= std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(state.seconds));
    }

    TrainingState run() {
        std::int64_t const steps = hadronforce::steps_an_epoch(settings_, batches_.total());
        for (; state_.epoch < settings_.epochs && state_.epochs_since_best < settings_.patience; ++state_.epoch) {
            while (state_.step < steps) step(steps);
            end_epoch();
        }
        save();
        network_.set_parameters(state_.best_parameters);
        return state_;
    }

  private:
    /// The loss of the batch's samples that this rank has, and its gradient.
    void add_gradient(IndexRange places) {
        loss_ = samples_ = 0.0;
        auto const begin = Clock::now();
        auto const batch = batches_.part(state_.epoch, places);
        state_.times.samples_s += seconds_since(begin);
        auto const count = batch.inputs.size(0);
        if (count == 0) return;
        loss_ = with_own_words([&] { return batch_gradient_.add(batch); });
        samples_ = static_cast<double>(count);
    }

    /// Among what travels with the gradient.
    void note(Extra which, double value) {
        if (extras_.scalar_type() == torch::kFloat32)
            extras_.data_ptr<float>()[which] = static_cast<float>(value);
        else
            extras_.data_ptr<double>()[which] = value;
    }

    /// The sum over all ranks. What fails on one of them ends the step on all.
    std::vector<double> summed_gradient(IndexRange places) {
        tensors_.gradient.zero_();
        auto const failure = failure_of([&] { add_gradient(places); });
        if (summed_.device() != tensors_.gradient.device()) summed_.copy_(tensors_.gradient);
        note(loss_sum, loss_);
        note(sample_count, samples_);
        bool const due = seconds_since(last_save_) > settings_.checkpoint_every_s;
        note(save_is_due, comm_.is_root() && due ? 1.0 : 0.0);
        note(stop_requested, stop_.on_this_rank() ? 1.0 : 0.0);
        note(failed, failure ? 1.0 : 0.0);
        auto const begin = Clock::now();
        sum(comm_, summed_);
        if (summed_.device() != tensors_.gradient.device()) tensors_.gradient.copy_(summed_, true);
        state_.times.sums_s += seconds_since(begin);
        auto sums = to_vector(extras_);
        if (sums[failed] > 0.0) throw_if_any_failed(comm_, failure);
        if (!std::isfinite(sums[loss_sum]))
            throw std::runtime_error(
                fmt::format("the loss is not finite in epoch {}, step {}; lower training.learning_rate and train "
                            "without --resume",
                            state_.epoch + 1, state_.step + 1));
        return sums;
    }

    void step(std::int64_t steps) {
        auto const step_begin = Clock::now();
        std::int64_t const batch_size = std::min(settings_.batch_size, batches_.total());
        std::int64_t const begin = state_.step * batch_size, end = std::min(batches_.total(), begin + batch_size);
        auto const sums = summed_gradient({begin, end});
        if (sums[sample_count] > 0.0) gradient_.div_(sums[sample_count] * static_cast<double>(tensors_.targets));
        if (settings_.clip_norm > 0.0)
            if (double const norm = gradient_.norm().item<double>(); norm > settings_.clip_norm)
                gradient_.mul_(settings_.clip_norm / norm);
        learning_rate_ =
            scheduled_learning_rate(settings_, state_.epoch * steps + state_.step, settings_.epochs * steps);
        optimiser_.step(learning_rate_);
        average_.update(optimiser_.steps);
        state_.loss_sum += sums[loss_sum];
        state_.samples += static_cast<std::int64_t>(sums[sample_count]);
        ++state_.step;
        state_.times.steps_s += seconds_since(step_begin);
        state_.times.samples += static_cast<std::int64_t>(sums[sample_count]);
        if (sums[stop_requested] > 0.0) {
            save();
            throw Stopped{"run the same command with --resume"};
        }
        if (sums[save_is_due] > 0.0) save();
    }

    void end_epoch() {
        auto const weights = network_.parameters();
        auto const kept = average_.exists() ? average_.values() : weights;
        if (average_.exists()) network_.set_parameters(kept);
        double const validation_loss = mean_loss(comm_, network_, validation_);
        if (average_.exists()) network_.set_parameters(weights);
        if (!std::isfinite(validation_loss))
            throw std::runtime_error(
                fmt::format("the validation loss is not finite in epoch {}; lower training.learning_rate and train "
                            "without --resume",
                            state_.epoch + 1));
        double const training_loss =
            state_.loss_sum / static_cast<double>(std::max<std::int64_t>(1, state_.samples) * tensors_.targets);
        state_.seconds = seconds();
        state_.curve.push_back({state_.epoch + 1, learning_rate_, training_loss, validation_loss, state_.seconds});
        ++state_.epochs_since_best;
        if (validation_loss < state_.best_loss) {
            state_.best_loss = validation_loss;
            state_.best_parameters = kept;
            state_.epochs_since_best = 0;
        }
        state_.step = 0;
        state_.samples = 0;
        state_.loss_sum = 0.0;
        callbacks_.epoch_done(state_);
    }

    void save() {
        state_.parameters = network_.parameters();
        state_.seconds = seconds();
        state_.optimiser_steps = optimiser_.steps;
        state_.first_moment = to_vector(optimiser_.first_moment);
        state_.second_moment = to_vector(optimiser_.second_moment);
        state_.average = average_.values();
        callbacks_.save(state_);
        last_save_ = Clock::now();
    }

    double seconds() const { return seconds_since(begin_); }

    Communicator const& comm_;
    Network& network_;
    TrainingSettings const& settings_;
    Shard const& validation_;
    TrainingCallbacks const& callbacks_;
    Network::Tensors& tensors_;
    Batches& batches_;
    torch::Tensor gradient_;
    torch::Tensor summed_;  ///< what MPI sums: the gradient and the extras, on the CPU
    torch::Tensor extras_;
    BatchGradient batch_gradient_;
    double loss_ = 0.0, samples_ = 0.0;  ///< of this rank's part of the batch
    Adam optimiser_;
    AverageOfWeights average_;
    StopRequest const stop_;
    TrainingState state_;
    double learning_rate_ = 0.0;
    Clock::time_point begin_ = Clock::now(), last_save_ = Clock::now();
};

}  // namespace

TrainingState train(Communicator const& comm, Network& network, TrainingSettings const& settings,
                    BatchesPointer const& training, Shard const& validation,
                    std::optional<TrainingState> const& resume_from, TrainingCallbacks const& callbacks) {
    Training run(comm, network, settings, *training, validation, callbacks);
    if (resume_from) run.go_on_from(*resume_from);
    return run.run();
}

TrainingState train(Communicator const& comm, Network& network, TrainingSettings const& settings, Shard const& training,
                    Shard const& validation, std::optional<TrainingState> const& resume_from,
                    TrainingCallbacks const& callbacks) {
    auto const batches = batches_in_memory(training, settings.seed, network.settings().precision);
    return train(comm, network, settings, batches, validation, resume_from, callbacks);
}

}  // namespace hadronforce
