#include "commands/training_run.hpp"

#include "commands/command.hpp"
#include "hadronforce/learning/checkpoint.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/report/progress.hpp"
#include "hadronforce/storage/file_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <utility>

namespace hadronforce {
namespace {

/// Members' seeds follow each other; unsigned, so that the largest seed has followers too.
std::int64_t seed_of(std::int64_t seed, std::int64_t member) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(seed) + static_cast<std::uint64_t>(member));
}

std::string columns_of(EpochRecord const& r) {
    return fmt::format("{},{:.9g},{:.9g},{:.9g},{:.3f}\n", r.epoch, r.learning_rate, r.training_loss, r.validation_loss,
                       r.seconds);
}

}  // namespace

TrainingGroups::TrainingGroups(Communicator const& all, std::int64_t members)
    : ranks_(all.size()),
      groups_(std::min<std::int64_t>(members, ranks_)),
      group_(all.rank() * groups_ / ranks_),
      mine_(all.split(static_cast<int>(group_))) {}

int TrainingGroups::root_of(std::int64_t member) const noexcept {
    // The first rank r with r * groups / ranks = group.
    return static_cast<int>((member % groups_ * ranks_ + groups_ - 1) / groups_);
}

TrainingRun::TrainingRun(Communicator const& comm, Config const& config, TrainConfig const& c)
    : comm_(comm),
      c_(c),
      identity_(identity_of(
          config, {"output", "training.checkpoint_every_s", "training.threads", "dataset.solver_threads", "device"},
          comm)),
      curves_(static_cast<std::size_t>(c.members)) {}

std::string TrainingRun::checkpoint_of(std::int64_t member) const {
    return c_.model + ".checkpoint" + (c_.members == 1 ? "" : fmt::format("_{}", member));
}

std::string TrainingRun::named(std::int64_t member) const {
    return c_.members == 1 ? "" : fmt::format("member {} of {}: ", member + 1, c_.members);
}

std::string TrainingRun::curves_text() const {
    bool const several = curves_.size() > 1;
    std::string text = "epoch,learning_rate,training_loss,validation_loss,seconds\n";
    if (several) text = "member," + text;
    for (std::size_t m = 0; m < curves_.size(); ++m)
        for (auto const& record : curves_[m]) text += (several ? fmt::format("{},", m + 1) : "") + columns_of(record);
    return text;
}

Network TrainingRun::train_member(Communicator const& group, std::int64_t member, TrainingData const& data,
                                  bool resume) {
    auto settings = c_.training;
    settings.seed = seed_of(settings.seed, member);
    Network network(c_.network, data.features.inputs(), static_cast<std::int64_t>(data.targets.targets.size()),
                    settings.seed);
    network.move_to(c_.device);
    auto const checkpoint = checkpoint_of(member);
    std::optional<TrainingState> resume_from;
    if (resume && file_exists(group, checkpoint))
        resume_from = read_checkpoint(group, checkpoint, identity_,
                                      {settings.epochs, steps_an_epoch(settings, c_.training_samples),
                                       network.parameter_count(), settings.average_decay > 0.0});
    else if (resume)
        say(group, named(member) + "no checkpoint yet: training starts from the beginning");
    auto& curve = curves_[static_cast<std::size_t>(member)];
    Progress progress(group, "epochs", settings.epochs);
    std::int64_t const begun_at = resume_from ? resume_from->epoch : 0;
    // What nobody else writes, and where something can be written again.
    bool const shows_curve = c_.members == 1 && !is_pipe_or_device(c_.learning_curve);
    TrainingCallbacks callbacks;
    callbacks.save = [&](TrainingState const& state) {
        write_atomically(group, checkpoint,
                         [&](std::string const& temporary) { write_checkpoint(group, temporary, state, identity_); });
    };
    callbacks.epoch_done = [&](TrainingState const& state) {
        curve = state.curve;
        if (shows_curve) try {
                write_text(group, c_.learning_curve, curves_text());
            } catch (std::runtime_error const&) {  // on all ranks; written again, and reported, once there is a model
            }
        progress.update(state.epoch + 1, begun_at,
                        fmt::format("{}validation loss {:.2e}", named(member), state.curve.back().validation_loss));
    };
    auto const state = hadronforce::train(group, network, settings, data.batches(settings.seed), data.validation,
                                          resume_from, callbacks);
    curve = state.curve;
    if (auto const& t = state.times; t.samples > 0)
        say(group,
            fmt::format("{}{:.4g} samples a second; of the steps' time {:.1f} % waiting for samples, {:.1f} % in "
                        "sums over ranks",
                        named(member), static_cast<double>(t.samples) / t.steps_s, 100.0 * t.samples_s / t.steps_s,
                        100.0 * t.sums_s / t.steps_s));
    if (state.epoch < settings.epochs)
        say(group,
            fmt::format("{}stopped early: no better validation loss in {} epochs", named(member), settings.patience));
    return network;
}

void TrainingRun::share_curve(std::int64_t member, int root) {
    auto& curve = curves_[static_cast<std::size_t>(member)];
    auto count = static_cast<std::int64_t>(curve.size());
    comm_.broadcast(&count, 1, root);
    curve.resize(static_cast<std::size_t>(count));
    for (auto& record : curve) {
        double numbers[] = {record.learning_rate, record.training_loss, record.validation_loss, record.seconds};
        comm_.broadcast(&record.epoch, 1, root);
        comm_.broadcast(numbers, 4, root);
        record = {record.epoch, numbers[0], numbers[1], numbers[2], numbers[3]};
    }
}

NetworkEnsemble TrainingRun::train(TrainingGroups const& groups, TrainingData const& data, bool resume) {
    std::vector<std::optional<Network>> trained(static_cast<std::size_t>(c_.members));
    std::optional<Stopped> stopped;
    agree(comm_, [&] {
        try {
            for (std::int64_t m = 0; m < c_.members; ++m)
                if (groups.trains(m))
                    trained[static_cast<std::size_t>(m)] = train_member(groups.mine(), m, data, resume);
        } catch (Stopped const& request) {
            stopped = request;
        }
    });
    if (comm_.max(std::int64_t{stopped.has_value()}) != 0)
        throw stopped.value_or(Stopped{"run the same command with --resume"});
    std::vector<Network> members;
    for (std::int64_t m = 0; m < c_.members; ++m) {
        auto& mine = trained[static_cast<std::size_t>(m)];
        auto const root = groups.root_of(m);
        if (!mine)
            mine.emplace(c_.network, data.features.inputs(), static_cast<std::int64_t>(data.targets.targets.size()), 0);
        auto weights = mine->parameters();
        comm_.broadcast(weights.data(), weights.size(), root);
        mine->set_parameters(weights);
        members.push_back(std::move(*mine));
        share_curve(m, root);
    }
    return NetworkEnsemble(std::move(members));
}

void TrainingRun::remove_checkpoints() const {
    agree_on_root(comm_, [&] {
        for (std::int64_t m = 0; m < c_.members; ++m) std::remove(checkpoint_of(m).c_str());
    });
}

}  // namespace hadronforce
