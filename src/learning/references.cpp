#include "hadronforce/learning/references.hpp"

#include "learning/model_parts.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

constexpr Eigen::Index most_samples = 4096, most_numbers = 2048000;

}  // namespace

References make_references(RowMatrixXd const& correlation, RowMatrixXd const& coordinates) {
    auto const samples = correlation.rows();
    auto const count = std::min({samples, most_samples, most_numbers / std::max<Eigen::Index>(1, correlation.cols())});
    References all{RowMatrixXd(count, correlation.cols()), RowMatrixXd(count, coordinates.cols())};
    for (Eigen::Index i = 0; i < count; ++i) {
        all.correlation.row(i) = correlation.row(i * samples / count);
        all.coordinates.row(i) = coordinates.row(i * samples / count);
    }
    return all;
}

void write_references(File& file, References const& references) {
    if (references.empty()) return;
    file.write_all("/references/correlation", references.correlation, Precision::float32,
                   {"1", "C(k*) of samples of the training", {"reference", "k_star"}});
    file.write_all("/references/coordinates", references.coordinates, Precision::float32,
                   {"1", "their targets, as the network has them", {"reference", "target"}});
}

References read_references(File const& file, std::int64_t momenta, std::int64_t targets) {
    if (!file.has("/references/correlation")) return {};
    auto const count = shape_of_matrix(file, "/references/correlation")[0];
    return {finite(file, "/references/correlation", {count, momenta}),
            finite(file, "/references/coordinates", {count, targets})};
}

}  // namespace hadronforce
