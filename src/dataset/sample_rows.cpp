#include "dataset/sample_rows.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <cstddef>

namespace hadronforce {
namespace {

/// What is left when parameters and correlations have their own.
RowMatrixXd the_rest(SampleRows const& rows) {
    RowMatrixXd rest(rows.failed.rows(), rows.observables.cols() + 2 + rows.curves.cols());
    rest << rows.observables, rows.recomputed_waves, rows.failed, rows.curves;
    return rest;
}

RowMatrixXd checksums_of(SampleRows const& values, std::int64_t first) {
    RowMatrixXd sums(values.failed.rows(), static_cast<Eigen::Index>(checksum_columns));
    sums.col(of_parameters) = checksums(values.parameters, first);
    sums.col(of_correlation) = checksums(values.correlation, first);
    sums.col(of_the_rest) = checksums(the_rest(values), first);
    return sums;
}

}  // namespace

Eigen::VectorXd checksums(Eigen::Ref<RowMatrixXd const> const& rows, std::int64_t first) {
    Eigen::VectorXd sums(rows.rows());
    auto const bytes = static_cast<std::size_t>(rows.cols()) * sizeof(double);
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
        std::int64_t const number = first + i;
        auto const sum = libdeflate_crc32(0, &number, sizeof number);
        sums[i] = 1.0 + (bytes == 0 ? sum : libdeflate_crc32(sum, rows.data() + i * rows.outerStride(), bytes));
    }
    return sums;
}

void write_sample_rows(File& file, IndexRange rows, SampleRows& values, Precision precision,
                       std::vector<std::string> const& curves) {
    if (precision == Precision::float32) {
        values.correlation = values.correlation.cast<float>().cast<double>().eval();
        values.curves = values.curves.cast<float>().cast<double>().eval();
    }
    file.write_rows("/parameters", rows, values.parameters);
    file.write_rows("/correlation", rows, values.correlation);
    file.write_rows("/recomputed_waves", rows, values.recomputed_waves);
    file.write_rows("/failed", rows, values.failed);
    if (values.observables.cols() > 0) file.write_rows("/observables", rows, values.observables);  // none: no force
    Eigen::Index const momenta = values.correlation.cols();
    for (std::size_t i = 0; i < curves.size(); ++i)
        file.write_rows("/curves/" + curves[i], rows,
                        values.curves.middleCols(static_cast<Eigen::Index>(i) * momenta, momenta));
    file.write_rows("/checksums", rows, checksums_of(values, rows.begin));
}

SampleRows read_sample_rows(File const& file, IndexRange rows, std::vector<std::string> const& curves) {
    SampleRows values{file.read_rows("/parameters", rows),
                      file.read_rows("/correlation", rows),
                      RowMatrixXd(rows.size(), 0),
                      RowMatrixXd(rows.size(), 0),
                      file.read_rows("/recomputed_waves", rows),
                      file.read_rows("/failed", rows)};
    Eigen::Index const momenta = values.correlation.cols();
    values.curves.resize(rows.size(), static_cast<Eigen::Index>(curves.size()) * momenta);
    for (std::size_t i = 0; i < curves.size(); ++i)
        values.curves.middleCols(static_cast<Eigen::Index>(i) * momenta, momenta) =
            file.read_rows("/curves/" + curves[i], rows);
    if (file.shape("/observables").at(1) > 0) values.observables = file.read_rows("/observables", rows);
    return values;
}

Eigen::Array<bool, Eigen::Dynamic, 1> are_whole(File const& file, IndexRange rows, SampleRows const& values) {
    RowMatrixXd const expected = checksums_of(values, rows.begin);
    return (file.read_rows("/checksums", rows).array() == expected.array()).rowwise().all();
}

std::vector<std::int64_t> failed_samples(File const& file) {
    std::vector<std::int64_t> indices;
    auto const samples = file.shape("/failed").at(0);
    constexpr std::int64_t piece = 1 << 20;
    for (std::int64_t begin = 0; begin < samples; begin += piece) {
        auto const failed = file.read_rows("/failed", {begin, std::min(begin + piece, samples)});
        for (Eigen::Index i = 0; i < failed.rows(); ++i)
            if (failed(i, 0) != 0.0) indices.push_back(begin + i);
    }
    return indices;
}

}  // namespace hadronforce
