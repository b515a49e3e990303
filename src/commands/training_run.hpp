#pragma once

#include "commands/train_data.hpp"
#include "hadronforce/learning/network_ensemble.hpp"
#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/storage/run_identity.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Ranks in groups that train side by side, as many as an ensemble has members or there are ranks. Each group has all
/// samples among its ranks, and trains every so many-th member.
class TrainingGroups {
  public:
    /// Collective.
    TrainingGroups(Communicator const& all, std::int64_t members);

    Communicator const& mine() const noexcept { return mine_; }
    bool is_first() const noexcept { return group_ == 0; }
    bool trains(std::int64_t member) const noexcept { return member % groups_ == group_; }
    /// The rank of all whose parameters of a member all others take.
    int root_of(std::int64_t member) const noexcept;

  private:
    int ranks_;
    std::int64_t groups_, group_;
    Communicator mine_;
};

/// Trains the members of an ensemble, with a checkpoint of each beside the model, which stays until that is written.
class TrainingRun {
  public:
    /// Collective.
    TrainingRun(Communicator const& comm, Config const& config, TrainConfig const& c);

    /// Collective over all ranks. Throws Stopped, once all groups have ended, where one of them was stopped.
    NetworkEnsemble train(TrainingGroups const& groups, TrainingData const& data, bool resume);
    /// The learning curves as CSV; of several members with their number.
    std::string curves_text() const;
    /// Collective.
    void remove_checkpoints() const;

  private:
    Network train_member(Communicator const& group, std::int64_t member, TrainingData const& data, bool resume);
    std::string checkpoint_of(std::int64_t member) const;
    std::string named(std::int64_t member) const;
    /// Collective over all ranks: the curve of the group that trained a member, on all.
    void share_curve(std::int64_t member, int root);

    Communicator const& comm_;
    TrainConfig const& c_;
    RunIdentity identity_;
    std::vector<std::vector<EpochRecord>> curves_;
};

}  // namespace hadronforce
