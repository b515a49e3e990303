#include "hadronforce/lattice/fit_quality.hpp"

#include "hadronforce/error.hpp"
#include "lattice/kernel_loss.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace hadronforce {
namespace {

/// Covariance with correlations shrunk towards none.
Eigen::MatrixXd shrunk(Eigen::MatrixXd const& covariance, std::int64_t bins) {
    Eigen::VectorXd const width = covariance.diagonal().cwiseSqrt();
    Eigen::ArrayXXd const r = (covariance.array().colwise() / width.array()).rowwise() / width.transpose().array();
    auto const points = static_cast<double>(r.rows());
    double const squares = r.square().sum() - points;
    double const variances = (1.0 - r.square()).max(0.0).square().sum() / static_cast<double>(bins - 1);
    // Not to nothing: with as many points as bins what is left out must have a variance too.
    double const part = std::clamp(squares > 0.0 ? variances / squares : 1.0, 1e-6, 1.0);
    Eigen::MatrixXd result = (1.0 - part) * covariance;
    result.diagonal() = covariance.diagonal();
    return result;
}

/// sum over the rows of x C^-1 x.
double squares_of(RowMatrixXd const& rows, Eigen::LLT<Eigen::MatrixXd> const& covariance) {
    return covariance.matrixL().solve(rows.transpose()).squaredNorm();
}

/// Covariance of the mean of bins with these deviations from it, shrunk, and that of errors which are not noise.
Eigen::LLT<Eigen::MatrixXd> covariance_of_mean(RowMatrixXd const& bins, double floor) {
    auto const n = static_cast<double>(bins.rows());
    RowMatrixXd const centred = bins.rowwise() - bins.colwise().mean();
    Eigen::MatrixXd covariance = shrunk(centred.transpose() * centred / (n * (n - 1.0)), bins.rows());
    covariance.diagonal().array() += floor * floor;
    return Eigen::LLT<Eigen::MatrixXd>(covariance);
}

}  // namespace

BinnedPotential binned_potential(KernelNetwork const& network, KernelFitData const& data,
                                 KernelFitSettings const& settings, double width_fm) {
    Eigen::MatrixXd const acted = acted_on_waves(network, data);
    Eigen::VectorXd offsets = fitted_offsets(network, data, settings);
    if (offsets.size() == 0) offsets = Eigen::VectorXd::Zero(data.waves.cols());
    std::vector<double> of_data, residual;
    for (Eigen::Index s = 0; s < data.waves.cols(); ++s)
        for (Eigen::Index begin = 0, end = 0; begin < data.r.size(); begin = end) {
            while (end < data.r.size() && std::floor(data.r[end] / width_fm) == std::floor(data.r[begin] / width_fm))
                ++end;
            auto const part = [&](Eigen::MatrixXd const& values) {
                return values.col(s).segment(begin, end - begin).array();
            };
            Eigen::ArrayXd const weighted = part(data.weights) * part(data.waves);
            double const norm = (weighted * part(data.waves)).sum();
            double const value = (weighted * part(data.targets)).sum() / norm;
            of_data.push_back(value);
            residual.push_back(value - (weighted * part(acted)).sum() / norm - offsets[s]);
        }
    auto const row = [](std::vector<double> const& values) -> Eigen::RowVectorXd {
        return Eigen::Map<Eigen::RowVectorXd const>(values.data(), static_cast<Eigen::Index>(values.size()));
    };
    return {row(of_data), row(residual)};
}

FitQuality fit_quality(Eigen::RowVectorXd const& mean, RowMatrixXd const& data, RowMatrixXd const& residuals,
                       double floor) {
    Eigen::Index const bins = data.rows();
    auto const n = static_cast<double>(bins);
    if (bins < 4) throw InputError("a correlated chi^2 needs at least four bins of configurations");
    if (!((data.colwise().squaredNorm().array() > 0.0).all() && data.allFinite() && residuals.allFinite()))
        throw InputError("a correlated chi^2 needs data that vary from bin to bin");
    auto const covariance = covariance_of_mean(data, floor);
    FitQuality quality;
    quality.expected = squares_of(residuals, covariance) / (n * (n - 1.0));
    quality.points = squares_of(data, covariance) / (n * (n - 1.0));
    quality.parameters =
        covariance.solve(data.transpose()).cwiseProduct((data - residuals).transpose()).sum() / (n * (n - 1.0));
    double outside = 0.0;
    RowMatrixXd others(bins - 1, data.cols());
    for (Eigen::Index left_out = 0; left_out < bins; ++left_out) {
        others << data.topRows(left_out), data.bottomRows(bins - 1 - left_out);
        // As large as a mean's: the deviation from the mean of the others is n/(n - 1) times that from all.
        outside += squares_of(residuals.row(left_out), covariance_of_mean(others, floor)) / (n * (n - 1.0));
    }
    quality.chi2 = squares_of(mean, covariance) * (outside > 0.0 ? quality.expected / outside : 1.0);
    return quality;
}

double least_misfit(std::vector<FitQuality> const& models) {
    double least = std::numeric_limits<double>::infinity();
    for (auto const& model : models)
        if (model.chi2 >= 0.0 && model.expected > 0.0) least = std::min(least, model.chi2 / model.expected);
    return std::isfinite(least) ? std::max(least, 1.0) : 1.0;
}

Eigen::VectorXd akaike_weights(std::vector<FitQuality> const& models) {
    double const misfit = least_misfit(models);
    Eigen::ArrayXd aic(static_cast<Eigen::Index>(models.size()));
    for (Eigen::Index m = 0; m < aic.size(); ++m) aic[m] = models[static_cast<std::size_t>(m)].aic(misfit);
    Eigen::Array<bool, Eigen::Dynamic, 1> const known = aic.isFinite();
    if (!known.any()) throw InputError("no model has a finite chi^2");
    double const least = known.select(aic, std::numeric_limits<double>::infinity()).minCoeff();
    Eigen::ArrayXd const weights = known.select((-0.5 * (aic - least)).exp(), 0.0);
    return (weights / weights.sum()).matrix();
}

}  // namespace hadronforce
