#include "hadronforce/dataset/dataset_components.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>

namespace hadronforce {
namespace {

constexpr double lost_in_rounding = 1e-13;

}  // namespace

Eigen::ArrayXd ComponentSpectrum::cumulative() const {
    Eigen::ArrayXd shares = explained();
    for (Eigen::Index i = 1; i < shares.size(); ++i) shares[i] += shares[i - 1];
    return shares;
}

Eigen::Index ComponentSpectrum::reaching(double share) const {
    auto const shares = cumulative();
    auto const found = std::lower_bound(shares.begin(), shares.end(), share);
    return std::min<Eigen::Index>(found - shares.begin() + 1, shares.size());
}

ComponentSpectrum component_spectrum(Eigen::MatrixXd const& covariance, Eigen::Index most) {
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(covariance);
    if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite())
        throw ConvergenceError("the principal components do not converge; C varies by more than numbers hold");
    ComponentSpectrum spectrum;
    spectrum.variance = solver.eigenvalues().reverse().array().max(0.0);  // Eigen sorts upward
    if (spectrum.variance[0] == 0.0)
        throw InputError("all samples have the same correlation function; there is nothing to analyse");
    auto const above = (spectrum.variance > lost_in_rounding * spectrum.variance[0]).count();
    auto const kept = std::max<Eigen::Index>(1, std::min<Eigen::Index>(most, above));
    spectrum.components = solver.eigenvectors().rowwise().reverse().leftCols(kept);
    for (Eigen::Index c = 0; c < kept; ++c) {
        Eigen::Index largest = 0;
        spectrum.components.col(c).cwiseAbs().maxCoeff(&largest);
        if (spectrum.components(largest, c) < 0.0) spectrum.components.col(c) *= -1.0;
    }
    return spectrum;
}

RowMatrixXd ComponentInput::of(RowMatrixXd const& correlation) const {
    RowMatrixXd values = correlation;
    auto const parts = measurements.count() > 0 ? measurements : single_measurement(correlation.cols());
    for (std::size_t m = 0; logarithm && m < parts.count(); ++m) {
        if (!parts.is_correlation(m)) continue;
        auto own = values.middleCols(parts.part(m).begin, parts.part(m).size()).array();
        if ((own <= 0.0).any())
            throw InputError(
                "C(k*) is not positive everywhere, so it has no logarithm; use features.input: correlation");
        own = own.log().eval();
    }
    if (error.size() > 0) values.array().rowwise() /= error.array();
    return values;
}

Moments dataset_moments(Communicator const& comm, DatasetFile const& dataset, bool logarithm, std::int64_t block) {
    agree(comm, [&] {
        if (dataset.samples() < 2)
            throw InputError(dataset.path() + ": has less than two samples; principal components need more");
    });
    return moments_of_rows(
        comm, dataset.samples(),
        [&](IndexRange rows) {
            RowMatrixXd values = dataset.correlation(rows);
            agree(comm, [&] {
                naming(dataset.path(), [&] {
                    values = ComponentInput{logarithm, {}, dataset.measurements()}.of(values);
                });
            });
            return values;
        },
        block);
}

Moments over_errors(Moments const& moments, Eigen::RowVectorXd const& error) {
    Moments scaled = moments;
    scaled.mean.array() /= error.array();
    for (Eigen::Index i = 0; i < error.size(); ++i)
        for (Eigen::Index j = 0; j < error.size(); ++j) scaled.covariance(i, j) /= error[i] * error[j];
    return scaled;
}

}  // namespace hadronforce
