#include "hadronforce/inference/point_estimate.hpp"

#include "hadronforce/fit/least_squares.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {
namespace {

double quantile(std::vector<double>& sorted, double part) {
    return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1) + 0.5)];
}

}  // namespace

PointEstimate estimate(Model const& model, FeatureEstimate const& features) {
    RowMatrixXd const answers = model.targets.physical(model.network.predict(features.draws));
    PointEstimate result{Eigen::VectorXd(answers.cols()), Eigen::VectorXd(answers.cols())};
    for (Eigen::Index i = 0; i < answers.cols(); ++i) {
        std::vector<double> sorted(answers.col(i).begin(), answers.col(i).end());
        std::sort(sorted.begin(), sorted.end());
        result.value[i] = quantile(sorted, 0.5);
        result.error[i] = std::hypot(0.5 * (quantile(sorted, 0.8413) - quantile(sorted, 0.1587)), model.test.rmse[i]);
    }
    return result;
}

std::string unlike_training(Model const& model, FeatureEstimate const& features, Eigen::Index bins, bool has_errors) {
    double const largest = model.features.largest_norm, norm = features.value.norm();
    if (norm > 1.5 * largest)
        return fmt::format("features of the data have the norm {:.3g}, those of the training at most {:.3g}", norm,
                           largest);
    double const beyond = features.distance - largest * largest;
    if (has_errors && beyond > 0.0 && chi2_probability(beyond, static_cast<double>(bins)) < 1e-6)
        return fmt::format("no C(k*) like those of the training has a chi2 below {:.4g} for the {} bins", beyond, bins);
    return "";
}

}  // namespace hadronforce
