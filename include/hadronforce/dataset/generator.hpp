#pragma once

#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/storage/run_identity.hpp"

#include <functional>
#include <string>
#include <vector>

namespace hadronforce {

/// What a sample that cannot be computed does.
enum class Failures {
    stop,  ///< ends the run
    mark   ///< is marked in the file, and counted
};

struct DatasetSettings {
    std::string file;
    std::int64_t samples = 0;
    std::int64_t seed = 0;
    Precision precision = Precision::float64;
    RunIdentity identity;       ///< decides whether a `.part` may be continued
    RowMatrixXd design_points;  ///< samples x free parameters; empty to draw from the priors
    Failures failures = Failures::mark;
};

/// What becomes of one sample.
struct SampleRow {
    Eigen::Ref<Eigen::RowVectorXd> correlation;  ///< in each bin
    Eigen::Ref<Eigen::RowVectorXd> numbers;      ///< SampleFamily::numbers
    Eigen::Ref<Eigen::RowVectorXd> curves;       ///< those that the family keeps, one after the other
    double recomputed_waves = 0.0;               ///< how many waves had to be recomputed
};

/// Computes one row. A sample fails where this throws a std::runtime_error (InputError, ConvergenceError) or C is not
/// finite.
using SampleFunction = std::function<void(Eigen::VectorXd const& parameters, SampleRow& row)>;

/// The sample function that solves the Schroedinger equation; keeps one solver.
SampleFunction exact_solution(SampleFamily const& family);

struct GenerateOutcome {
    bool was_complete = false;            ///< before this call
    std::int64_t recomputed_samples = 0;  ///< of the dataset, if this call completed it
    std::int64_t failed_samples = 0;
    std::vector<std::string> first_failures;  ///< on rank 0: which the first few were, and why they failed
};

/// Collective. Writes the dataset of docs/dataset_format.md to `file.part` block by block and gives it its name when
/// complete. May be killed at any byte: the next call computes the blocks whose checksums are not those of what is
/// there, on any number of ranks, and the result is the same to the bit. `progress(done, begun_at)`: called on all
/// ranks after each block, with the number of finished samples and how many were there at the start. Throws Stopped
/// after a stop request, InputError where `file` or `file.part` belongs to another run or every sample failed,
/// std::runtime_error where the disk is full, and what the sample threw, naming it, where failures stop the run.
GenerateOutcome generate_dataset(Communicator const& comm, SampleFamily const& family, DatasetSettings const& settings,
                                 SampleFunction const& sample,
                                 std::function<void(std::int64_t done, std::int64_t begun_at)> const& progress);

}  // namespace hadronforce
