#pragma once

#include "hadronforce/dataset/dataset_files.hpp"
#include "hadronforce/dataset/generator.hpp"

namespace hadronforce {

/// Samples of a family that are solved when they are asked for and stored nowhere. Sample i is a function of (seed, i),
/// and none that `generate` draws: seeds of datasets are not negative. C is rounded as a dataset of that precision has
/// it: what a network learnt of digits that no file has would fail it there. One object a thread.
class FreshSamples {
  public:
    FreshSamples(SampleFamily family, std::int64_t seed, Precision precision = Precision::float64);

    /// Those of the numbers in `samples` that can be solved, in their order; 0 <= samples.begin.
    SampleValues solve(IndexRange samples);
    /// Collective. The same on all ranks, each of which solves its share.
    SampleValues solve_together(Communicator const& comm, IndexRange samples);

  private:
    /// All of them, parameters, C and quantities one after the other; of one that fails the first is not a number.
    RowMatrixXd rows(IndexRange samples);
    SampleValues parts(RowMatrixXd const& rows, std::int64_t first) const;

    SampleFamily family_;
    std::uint64_t seed_;
    SampleFunction sample_;
    Precision precision_;
    Eigen::Index parameters_, momenta_, numbers_;
};

}  // namespace hadronforce
