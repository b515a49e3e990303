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

TrainingState train(Communicator const& comm, Network& network, TrainingSettings const& settings, Shard const& training,
                    Shard const& validation, std::optional<TrainingState> const& resume_from,
                    TrainingCallbacks const& callbacks) {
    Network::Tensors& t = network.tensors();
    std::int64_t const outputs = t.outputs;
    InMemory batches(t, training);
    std::int64_t const batch_size = std::min(settings.batch_size, training.total);
    std::int64_t const steps_an_epoch = hadronforce::steps_an_epoch(settings, training.total);
    std::int64_t const all_steps = settings.epochs * steps_an_epoch;

    Optimiser optimiser(t, settings.weight_decay);
    TrainingState state;
    if (resume_from) {
        state = *resume_from;
        network.set_parameters(state.parameters);
        optimiser.restore(state);
    } else {
        state.best_parameters = network.parameters();
    }
    auto const extras = t.gradient.narrow(0, network.parameter_count(), Network::Tensors::extra_sums);
    StopRequest const stop;
    auto last_save = Clock::now();
    auto begin =
        Clock::now() - std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(state.seconds));
    auto const save = [&] {
        state.parameters = network.parameters();
        state.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        optimiser.save(state);
        callbacks.save(state);
        last_save = Clock::now();
    };

    for (; state.epoch < settings.epochs && state.epochs_since_best < settings.patience; ++state.epoch) {
        auto const order = epoch_order(settings.seed, state.epoch, training.total);
        double learning_rate = 0.0;
        while (state.step < steps_an_epoch) {
            std::int64_t const end = std::min(training.total, (state.step + 1) * batch_size);
            auto const mine = batches.mine({order.begin() + state.step * batch_size, order.begin() + end});

            t.gradient.zero_();
            if (!mine.empty()) {
                auto const batch = batches.of(mine);
                auto const loss = with_own_words([&] {
                    auto sum = t.estimator->loss(t.forward(batch.inputs), batch.targets);
                    sum.backward();
                    return sum;
                });
                extras[loss_sum] = loss.detach();
                extras[sample_count] = static_cast<double>(mine.size());
            }
            bool const due =
                std::chrono::duration<double>(Clock::now() - last_save).count() > settings.checkpoint_every_s;
            extras[save_is_due] = comm.is_root() && due ? 1.0 : 0.0;
            extras[stop_requested] = stop.on_this_rank() ? 1.0 : 0.0;
            sum(comm, t.gradient);
            auto const sums = to_vector(extras);

            if (!std::isfinite(sums[loss_sum]))
                throw std::runtime_error(
                    fmt::format("the loss is not finite in epoch {}, step {}; lower training.learning_rate and use "
                                "--resume to go on from the last checkpoint",
                                state.epoch + 1, state.step + 1));
            t.gradient.narrow(0, 0, network.parameter_count()).div_(sums[sample_count] * static_cast<double>(outputs));
            learning_rate = scheduled_learning_rate(settings, state.epoch * steps_an_epoch + state.step, all_steps);
            optimiser.step(learning_rate);
            state.loss_sum += sums[loss_sum];
            ++state.step;
            if (sums[stop_requested] > 0.0) {
                save();
                throw Stopped{"run the same command with --resume"};
            }
            if (sums[save_is_due] > 0.0) save();
        }
        double const validation_loss = mean_squared_error(comm, network, validation);
        if (!std::isfinite(validation_loss))
            throw std::runtime_error(
                fmt::format("the validation loss is not finite in epoch {}; lower "
                            "training.learning_rate and use --resume to go on from the last "
                            "checkpoint",
                            state.epoch + 1));
        double const training_loss = state.loss_sum / static_cast<double>(training.total * outputs);
        state.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        state.curve.push_back({state.epoch + 1, learning_rate, training_loss, validation_loss, state.seconds});
        ++state.epochs_since_best;
        if (validation_loss < state.best_loss) {
            state.best_loss = validation_loss;
            state.best_parameters = network.parameters();
            state.epochs_since_best = 0;
        }
        state.step = 0;
        state.loss_sum = 0.0;
        callbacks.epoch_done(state);
    }
    network.set_parameters(state.best_parameters);
    return state;
}

}  // namespace hadronforce
