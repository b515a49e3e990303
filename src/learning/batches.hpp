#pragma once

#include "hadronforce/learning/batches.hpp"

#include <torch/torch.h>

#include <utility>
#include <vector>

namespace hadronforce {

/// Some samples, in a network's precision.
struct Batch {
    torch::Tensor inputs, targets;     ///< samples x inputs, samples x targets
    std::vector<std::int64_t> sights;  ///< a number of each row, of its own in the whole training
};

class Batches {
  public:
    virtual ~Batches() = default;
    /// Samples of an epoch, over all ranks.
    virtual std::int64_t total() const = 0;
    /// This rank's part of the samples at these places of an epoch's order. Trainings ask for one batch after the
    /// other, from any place on.
    virtual Batch part(std::int64_t epoch, IndexRange places) = 0;
};

inline torch::ScalarType scalar_type_of(Precision precision) {
    return precision == Precision::float32 ? torch::kFloat32 : torch::kFloat64;
}

/// A copy in that precision.
inline torch::Tensor tensor_of(RowMatrixXd const& values, Precision precision) {
    auto const view =
        torch::from_blob(const_cast<double*>(values.data()), {values.rows(), values.cols()}, torch::kFloat64);
    return precision == Precision::float32 ? view.to(torch::kFloat32) : view.clone();
}

/// Those rows of a batch's samples.
inline Batch selected(Batch const& from, std::vector<std::int64_t> const& rows, std::vector<std::int64_t> sights) {
    auto const index = torch::from_blob(const_cast<std::int64_t*>(rows.data()),
                                        {static_cast<std::int64_t>(rows.size())}, torch::kInt64)
                           .to(from.inputs.device());
    return {from.inputs.index_select(0, index), from.targets.index_select(0, index), std::move(sights)};
}

/// One batch of several parts.
inline Batch joined(std::vector<Batch> const& parts) {
    if (parts.size() == 1) return parts.front();
    std::vector<torch::Tensor> inputs, targets;
    std::vector<std::int64_t> sights;
    for (auto const& part : parts) {
        inputs.push_back(part.inputs);
        targets.push_back(part.targets);
        sights.insert(sights.end(), part.sights.begin(), part.sights.end());
    }
    return {torch::cat(inputs), torch::cat(targets), std::move(sights)};
}

}  // namespace hadronforce
