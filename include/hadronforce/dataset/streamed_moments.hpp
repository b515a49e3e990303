#pragma once

#include "hadronforce/parallel/twofold_sum.hpp"
#include "hadronforce/storage/file.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <functional>

namespace hadronforce {

/// Mean and covariance of a cloud of points.
struct Moments {
    std::int64_t points = 0;
    Eigen::RowVectorXd mean;     ///< dimensions
    Eigen::MatrixXd covariance;  ///< dimensions x dimensions, of points - 1 degrees of freedom
};

/// Moments of points that come in blocks, each rank its own, in memory that does not grow with their number. Sums are
/// of what is left beside an origin near the points, and are twofold: the blocks may come in any order, on any number
/// of ranks.
class StreamedMoments {
  public:
    /// `origin`: the same on all ranks; the mean of some of the points.
    explicit StreamedMoments(Eigen::RowVectorXd origin);

    /// `points`: points x dimensions, possibly none.
    void add(Eigen::Ref<RowMatrixXd const> const& points);
    /// Collective, one reduction; of all ranks' points. To be called once. Throws InputError where there are less than
    /// two.
    Moments over_ranks(Communicator const& comm);

  private:
    Eigen::RowVectorXd origin_;
    TwofoldSum sums_;  ///< number, sums of the dimensions, of products by rows of the upper triangle
};

/// Rows that are read at once by default. What is computed block by block depends on it in its last digits.
inline constexpr std::int64_t rows_in_block = 1024;

/// Collective. Cuts `rows` rows into blocks, of which each rank gets consecutive ones, and calls `take` with one after
/// the other, on all ranks equally often: a rank that has no more gets an empty range.
void for_each_block(Communicator const& comm, std::int64_t rows, std::int64_t block,
                    std::function<void(IndexRange)> const& take);

/// Collective. The moments of `rows` points in one pass. `read`: collective, points of a range, each rank its own,
/// possibly none. The first block's mean is the origin.
Moments moments_of_rows(Communicator const& comm, std::int64_t rows, std::function<RowMatrixXd(IndexRange)> const& read,
                        std::int64_t block = rows_in_block);

}  // namespace hadronforce
