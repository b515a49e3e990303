#include "hadronforce/dataset/streamed_moments.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <utility>

namespace hadronforce {
namespace {

std::size_t sums_of(Eigen::Index dimensions) {
    auto const n = static_cast<std::size_t>(dimensions);
    return 1 + n + n * (n + 1) / 2;
}

}  // namespace

StreamedMoments::StreamedMoments(Eigen::RowVectorXd origin)
    : origin_(std::move(origin)), sums_(sums_of(origin_.size())) {}

void StreamedMoments::add(Eigen::Ref<RowMatrixXd const> const& points) {
    if (points.rows() == 0) return;
    RowMatrixXd const beside = points.rowwise() - origin_;
    Eigen::RowVectorXd const sum = beside.colwise().sum();
    Eigen::MatrixXd const products = beside.transpose() * beside;
    std::size_t place = 0;
    sums_.add(place++, static_cast<double>(points.rows()));
    for (double value : sum) sums_.add(place++, value);
    for (Eigen::Index i = 0; i < sum.size(); ++i)
        for (Eigen::Index j = i; j < sum.size(); ++j) sums_.add(place++, products(i, j));
}

Moments StreamedMoments::over_ranks(Communicator const& comm) {
    sums_.reduce(comm);
    double const points = sums_.value(0);
    if (points < 2.0) throw InputError("principal components need at least two points");
    Eigen::Index const n = origin_.size();
    Moments moments{static_cast<std::int64_t>(points), Eigen::RowVectorXd(n), Eigen::MatrixXd(n, n)};
    Eigen::RowVectorXd sum(n);
    for (Eigen::Index i = 0; i < n; ++i) sum[i] = sums_.value(1 + static_cast<std::size_t>(i));
    moments.mean = origin_ + sum / points;
    std::size_t place = 1 + static_cast<std::size_t>(n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = i; j < n; ++j)
            moments.covariance(i, j) = moments.covariance(j, i) =
                sums_.minus_product(place++, sum[i], sum[j] / points) / (points - 1.0);
    return moments;
}

void for_each_block(Communicator const& comm, std::int64_t rows, std::int64_t block,
                    std::function<void(IndexRange)> const& take) {
    std::int64_t const blocks = (rows + block - 1) / block;
    IndexRange const own = share_of(blocks, comm.rank(), comm.size());
    std::int64_t const rounds = share_of(blocks, 0, comm.size()).size();
    for (std::int64_t i = 0; i < rounds; ++i) {
        std::int64_t const at = std::min(own.begin + i, own.end);
        take({std::min(at * block, rows), std::min(std::min(at + 1, own.end) * block, rows)});
    }
}

Moments moments_of_rows(Communicator const& comm, std::int64_t rows, std::function<RowMatrixXd(IndexRange)> const& read,
                        std::int64_t block) {
    StreamedMoments moments(read({0, std::min(block, rows)}).colwise().mean());
    for_each_block(comm, rows, block, [&](IndexRange range) { moments.add(read(range)); });
    return moments.over_ranks(comm);
}

}  // namespace hadronforce
