#include "hadronforce/learning/trainer.hpp"

#include "hadronforce/parallel/stop_request.hpp"
#include "learning/batches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

namespace hadronforce {
namespace {

using Clock = std::chrono::steady_clock;

// What travels with the gradient, behind the parameters.
enum Extra : std::int64_t { loss_sum, sample_count, stop_requested, save_is_due };

std::vector<double> to_vector(torch::Tensor const& tensor) {
    auto const values = tensor.to(torch::kFloat64).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

torch::Tensor like(std::vector<double> const& values, torch::Tensor const& pattern) {
    auto const count = static_cast<std::int64_t>(values.size());
    return torch::from_blob(const_cast<double*>(values.data()), {count}, torch::kFloat64)
        .to(pattern.scalar_type())
        .clone();
}

/// AdamW over the one flat buffer.
class Optimiser {
  public:
    Optimiser(Network::Tensors& tensors, double weight_decay) : parameter_(tensors.flat.detach()) {
        parameter_.set_requires_grad(true);
        parameter_.mutable_grad() = tensors.gradient.narrow(0, 0, tensors.flat.numel());
        adam_ = std::make_unique<torch::optim::AdamW>(std::vector<torch::Tensor>{parameter_},
                                                      torch::optim::AdamWOptions(0.0).weight_decay(weight_decay));
    }

    void step(double learning_rate) {
        options().lr(learning_rate);
        adam_->step();
    }

    void save(TrainingState& state) {
        auto& moments = this->moments();
        state.optimiser_steps = moments.step();
        state.first_moment = to_vector(moments.exp_avg());
        state.second_moment = to_vector(moments.exp_avg_sq());
    }

    void restore(TrainingState const& state) {
        auto& moments = this->moments();
        moments.step(state.optimiser_steps);
        moments.exp_avg(like(state.first_moment, parameter_));
        moments.exp_avg_sq(like(state.second_moment, parameter_));
    }

  private:
    torch::optim::AdamWOptions& options() {
        return static_cast<torch::optim::AdamWOptions&>(adam_->param_groups()[0].options());
    }

    /// The only entry of the optimiser's state, whose key differs between versions of LibTorch; a step of length zero
    /// makes it.
    torch::optim::AdamWParamState& moments() {
        if (adam_->state().empty()) {
            torch::NoGradGuard const no_gradient;
            auto const kept = parameter_.clone();
            options().lr(0.0);
            adam_->step();
            parameter_.copy_(kept);
        }
        return static_cast<torch::optim::AdamWParamState&>(*adam_->state().begin()->second);
    }

    torch::Tensor parameter_;
    std::unique_ptr<torch::optim::AdamW> adam_;
};

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

double mean_squared_error(Communicator const& comm, Network const& network, Shard const& shard) {
    double sums[2] = {network.loss(shard.inputs, shard.targets), static_cast<double>(shard.targets.size())};
    comm.sum(sums, 2);
    return sums[0] / sums[1];
}

namespace {

/// One training, from its state on.
class Training {
  public:
    Training(Communicator const& comm, Network& network, TrainingSettings const& settings, Shard const& training,
             Shard const& validation, TrainingCallbacks const& callbacks)
        : comm_(comm),
          network_(network),
          settings_(settings),
          validation_(validation),
          callbacks_(callbacks),
          tensors_(network.tensors()),
          batches_(tensors_, training),
          optimiser_(tensors_, settings.weight_decay),
          extras_(tensors_.gradient.narrow(0, network.parameter_count(), Network::Tensors::extra_sums)) {
        state_.best_parameters = network.parameters();
    }

    void go_on_from(TrainingState const& state) {
        state_ = state;
        network_.set_parameters(state.parameters);
        optimiser_.restore(state);
        begin_ -= std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(state.seconds));
    }

    TrainingState run() {
        std::int64_t const steps = hadronforce::steps_an_epoch(settings_, batches_.total());
        for (; state_.epoch < settings_.epochs && state_.epochs_since_best < settings_.patience; ++state_.epoch) {
            auto const order = epoch_order(settings_.seed, state_.epoch, batches_.total());
            while (state_.step < steps) step(order, steps);
            end_epoch();
        }
        network_.set_parameters(state_.best_parameters);
        return state_;
    }

  private:
    /// The loss of the batch's samples that this rank has, and its gradient.
    void add_gradient(std::vector<std::int64_t> const& samples) {
        tensors_.gradient.zero_();
        auto const mine = batches_.mine(samples);
        if (mine.empty()) return;
        auto const batch = batches_.of(mine);
        auto const loss = with_own_words([&] {
            auto sum = tensors_.estimator->loss(tensors_.forward(batch.inputs), batch.targets);
            sum.backward();
            return sum;
        });
        extras_[loss_sum] = loss.detach();
        extras_[sample_count] = static_cast<double>(mine.size());
    }

    void step(std::vector<std::int64_t> const& order, std::int64_t steps) {
        std::int64_t const batch_size = std::min(settings_.batch_size, batches_.total());
        std::int64_t const begin = state_.step * batch_size, end = std::min(batches_.total(), begin + batch_size);
        add_gradient({order.begin() + begin, order.begin() + end});
        bool const due =
            std::chrono::duration<double>(Clock::now() - last_save_).count() > settings_.checkpoint_every_s;
        extras_[save_is_due] = comm_.is_root() && due ? 1.0 : 0.0;
        extras_[stop_requested] = stop_.on_this_rank() ? 1.0 : 0.0;
        sum(comm_, tensors_.gradient);
        auto const sums = to_vector(extras_);

        if (!std::isfinite(sums[loss_sum]))
            throw std::runtime_error(
                fmt::format("the loss is not finite in epoch {}, step {}; lower training.learning_rate and use "
                            "--resume to go on from the last checkpoint",
                            state_.epoch + 1, state_.step + 1));
        tensors_.gradient.narrow(0, 0, network_.parameter_count())
            .div_(sums[sample_count] * static_cast<double>(tensors_.outputs));
        learning_rate_ =
            scheduled_learning_rate(settings_, state_.epoch * steps + state_.step, settings_.epochs * steps);
        optimiser_.step(learning_rate_);
        state_.loss_sum += sums[loss_sum];
        ++state_.step;
        if (sums[stop_requested] > 0.0) {
            save();
            throw Stopped{"run the same command with --resume"};
        }
        if (sums[save_is_due] > 0.0) save();
    }

    void end_epoch() {
        double const validation_loss = mean_squared_error(comm_, network_, validation_);
        if (!std::isfinite(validation_loss))
            throw std::runtime_error(
                fmt::format("the validation loss is not finite in epoch {}; lower training.learning_rate and use "
                            "--resume to go on from the last checkpoint",
                            state_.epoch + 1));
        double const training_loss = state_.loss_sum / static_cast<double>(batches_.total() * tensors_.outputs);
        state_.seconds = seconds();
        state_.curve.push_back({state_.epoch + 1, learning_rate_, training_loss, validation_loss, state_.seconds});
        ++state_.epochs_since_best;
        if (validation_loss < state_.best_loss) {
            state_.best_loss = validation_loss;
            state_.best_parameters = network_.parameters();
            state_.epochs_since_best = 0;
        }
        state_.step = 0;
        state_.loss_sum = 0.0;
        callbacks_.epoch_done(state_);
    }

    void save() {
        state_.parameters = network_.parameters();
        state_.seconds = seconds();
        optimiser_.save(state_);
        callbacks_.save(state_);
        last_save_ = Clock::now();
    }

    double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

    Communicator const& comm_;
    Network& network_;
    TrainingSettings const& settings_;
    Shard const& validation_;
    TrainingCallbacks const& callbacks_;
    Network::Tensors& tensors_;
    InMemory batches_;
    Optimiser optimiser_;
    torch::Tensor extras_;
    StopRequest const stop_;
    TrainingState state_;
    double learning_rate_ = 0.0;
    Clock::time_point begin_ = Clock::now(), last_save_ = Clock::now();
};

}  // namespace

TrainingState train(Communicator const& comm, Network& network, TrainingSettings const& settings, Shard const& training,
                    Shard const& validation, std::optional<TrainingState> const& resume_from,
                    TrainingCallbacks const& callbacks) {
    Training run(comm, network, settings, training, validation, callbacks);
    if (resume_from) run.go_on_from(*resume_from);
    return run.run();
}

}  // namespace hadronforce
