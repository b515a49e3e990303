#pragma once

#include "hadronforce/dataset/dataset_files.hpp"
#include "hadronforce/learning/network.hpp"
#include "hadronforce/learning/transforms.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parallel/work_split.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// Samples as a network sees them: features and standardised targets, one row a sample.
struct PreparedSamples {
    RowMatrixXd inputs;   ///< samples x inputs
    RowMatrixXd targets;  ///< samples x targets
};

/// A rank's part of samples, prepared.
struct Shard {
    IndexRange rows;  ///< which of all `total` these are
    std::int64_t total = 0;
    RowMatrixXd inputs;   ///< rows.size() x inputs
    RowMatrixXd targets;  ///< rows.size() x targets
};

/// Training samples in global batches: which samples a batch holds is a function of seed, epoch and place alone, for
/// any number of ranks. LibTorch's side of it is src/learning/batches.hpp.
class Batches;
using BatchesPointer = std::shared_ptr<Batches>;

/// The batches of a training of that seed, of which an ensemble has several.
using BatchesOfSeed = std::function<BatchesPointer(std::int64_t seed)>;

/// Samples that a rank keeps in the memory of a device (device_of), in an order of their own in each epoch. They are
/// kept once for all seeds.
BatchesOfSeed batches_in_memory(Shard const& shard, Precision precision, std::string const& device = "cpu");
BatchesPointer batches_in_memory(Shard const& shard, std::int64_t seed, Precision precision);

/// Windows of samples in an order that a file of any size can be read in.
struct StreamSettings {
    std::int64_t window_samples = 262144;  ///< over all ranks; two windows are in memory at a time
    std::int64_t block_samples = 256;      ///< that lie beside each other in the file
};

/// Reads and prepares rows of this rank alone, from whatever thread calls it.
using SampleReader = std::function<PreparedSamples(IndexRange samples)>;

/// Samples of files: the order of an epoch is one of its blocks, and within each window of blocks one of its samples.
/// Each rank reads its share of a window's blocks, on a thread of its own while the window before is trained on.
BatchesPointer streamed_batches(Communicator const& comm, SampleReader reader, std::int64_t total,
                                StreamSettings const& settings, std::int64_t seed, Precision precision);

/// Makes the samples of these numbers, of this rank alone; fewer rows where some cannot be made.
using SampleMaker = std::function<SampleValues(IndexRange samples)>;
using SamplePreparation = std::function<PreparedSamples(SampleValues const& samples)>;

/// Samples that are made as they are needed, and never again: place p of epoch e is sample e * total + p. `makers`: one
/// a thread that makes them while the batch before is trained on; of a single one with `on_this_thread` no thread. All
/// that a rank has of a batch is prepared together, so that threads change nothing, rounding included.
BatchesPointer made_batches(Communicator const& comm, std::vector<SampleMaker> makers, SamplePreparation prepare,
                            bool on_this_thread, std::int64_t total, Precision precision);

/// What those batches, of C itself as inputs, look like with errors and at momenta that are drawn anew at each sight.
BatchesPointer batches_at_sights(BatchesPointer of_correlations, FeatureTransform transform, std::int64_t seed,
                                 Precision precision);

/// The samples of places in the order in which streamed_batches visits them, for tests of that order.
std::vector<std::int64_t> streamed_order(std::int64_t total, StreamSettings const& settings, std::int64_t seed,
                                         std::int64_t epoch, IndexRange places);

}  // namespace hadronforce
