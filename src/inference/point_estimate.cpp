#include "hadronforce/inference/point_estimate.hpp"

#include "hadronforce/fit/least_squares.hpp"
#include "hadronforce/inference/reference_answer.hpp"
#include "hadronforce/learning/components_of_points.hpp"
#include "hadronforce/learning/network_answers.hpp"
#include "inference/training_curve.hpp"

#include <fmt/format.h>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

double quantile(std::vector<double>& sorted, double part) {
    return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1) + 0.5)];
}

/// Each member's answer to one sample.
RowMatrixXd answers_of_members(Model const& model, std::vector<RowMatrixXd> const& predictions) {
    RowMatrixXd answers(static_cast<Eigen::Index>(predictions.size()), predictions.front().cols());
    for (std::size_t m = 0; m < predictions.size(); ++m)
        answers.row(static_cast<Eigen::Index>(m)) = predictions[m].row(0);
    return model.targets.physical(answers);
}

PointEstimate in_units(Model const& model, Eigen::RowVectorXd const& answer, Eigen::RowVectorXd const& error,
                       RowMatrixXd of_members) {
    RowMatrixXd middle_and_ends(3, answer.size());
    middle_and_ends << answer, answer - error, answer + error;
    RowMatrixXd const values = model.targets.physical(middle_and_ends);
    return {values.row(0).transpose(), 0.5 * (values.row(2) - values.row(1)).transpose(), std::move(of_members)};
}

/// Value and errors of one row of features: the errors that the network learnt, else `error` of the coordinates.
PointEstimate answer_to(Model const& model, RowMatrixXd const& features, Eigen::RowVectorXd error) {
    auto const answers = network_answers(model, features);
    if (!answers.covariances.empty()) error = answers.covariances.front().diagonal().cwiseSqrt().transpose();
    return in_units(model, answers.mean.row(0), error, answers_of_members(model, answers.members));
}

Eigen::RowVectorXd unknown(Model const& model) {
    return Eigen::RowVectorXd::Constant(model.network.targets(), std::nan(""));
}

/// Of a network that takes errors: one answer for all that the data say. Features whose mean m and covariance V are
/// those of the data and of the training's unit distribution are those of data alone with the covariance S = V (1 -
/// V)^-1, at z = (1 + S) m; the network takes each with its own error, as in training.
PointEstimate estimate_with_errors(Model const& model, FeatureEstimate const& features) {
    if (model.features.takes_any_momenta()) {
        RowMatrixXd const error = errors_of_variances(features.covariance.diagonal().transpose());
        RowMatrixXd const inputs = model.features.joined({features.value.transpose(), error});
        auto result = answer_to(model, inputs, unknown(model));
        result.error_size = model.features.error_size(inputs)[0];
        return result;
    }
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const axes(features.covariance);
    Eigen::ArrayXd const variance = axes.eigenvalues().array().max(1e-20).min(1.0 - 1e-9);
    Eigen::MatrixXd const s =
        axes.eigenvectors() * (variance / (1.0 - variance)).matrix().asDiagonal() * axes.eigenvectors().transpose();
    RowMatrixXd const z = (features.value + s * features.value).transpose();
    RowMatrixXd const error = s.diagonal().cwiseSqrt().transpose();
    RowMatrixXd const inputs = model.features.features_of_components(z, error);
    auto result = answer_to(model, inputs, unknown(model));
    result.error_size = model.features.error_size(inputs)[0];
    return result;
}

}  // namespace

PointEstimate estimate_from_points(Model const& model, MeasuredParts const& data, Eigen::MatrixXd const& covariance,
                                   double error_of_data) {
    std::vector<SeenPoints> seen;
    Eigen::Index places = 0;
    for (std::size_t m = 0; m < data.all().size(); ++m) {
        auto const& own = data.all()[m];
        auto const bins = bins_within(model.features, data, m);
        SeenPoints points{own.k_star_MeV(bins), own.correlation(bins), {}};
        if (model.features.errors && covariance.size() > 0)
            points.error =
                Eigen::ArrayXd(covariance.diagonal().segment(data.begin(m), own.size()).array().sqrt())(bins);
        else if (model.features.errors)
            points.error = Eigen::ArrayXd::Constant(points.k_star_MeV.size(), error_of_data);
        places = std::max(places, points.k_star_MeV.size());
        seen.push_back(std::move(points));
    }
    RowMatrixXd const inputs = model.features.row_of_points(seen, places);
    if (!model.features.errors)
        return answer_to(model, inputs, (1.0 - model.test.r_squared.array()).max(0.0).sqrt().matrix());
    auto result = answer_to(model, inputs, unknown(model));
    result.error_size = model.features.error_size(inputs)[0];
    return result;
}

PointEstimate estimate(Model const& model, FeatureEstimate const& features) {
    if (model.features.errors) return estimate_with_errors(model, features);
    // In the coordinates that were learnt, where errors are nearest to normal ones; then from there to the targets.
    RowMatrixXd const answers = model.network.predict(model.features.features_of_components(features.draws));
    RowMatrixXd const inputs = model.features.features_of_components(features.value.transpose());
    auto const learnt = model.network.covariances(inputs);
    RowMatrixXd middle_and_ends(3, answers.cols());
    for (Eigen::Index i = 0; i < answers.cols(); ++i) {
        std::vector<double> sorted(answers.col(i).begin(), answers.col(i).end());
        std::sort(sorted.begin(), sorted.end());
        double const middle = quantile(sorted, 0.5);
        // Outputs have unit variance over the training.
        double const of_network =
            std::sqrt(learnt.empty() ? std::max(0.0, 1.0 - model.test.r_squared[i]) : learnt.front()(i, i));
        double const error = std::hypot(0.5 * (quantile(sorted, 0.8413) - quantile(sorted, 0.1587)), of_network);
        middle_and_ends.col(i) << middle, middle - error, middle + error;
    }
    RowMatrixXd const values = model.targets.physical(middle_and_ends);
    return {values.row(0).transpose(), 0.5 * (values.row(2) - values.row(1)).transpose(),
            answers_of_members(model, model.network.predictions(inputs))};
}

std::optional<PointEstimate> estimate_by_references(Model const& model, MeasuredParts const& data,
                                                    Eigen::MatrixXd const& covariance) {
    if (model.references.empty()) return std::nullopt;
    std::vector<SeenPoints> seen;
    for (std::size_t m = 0; m < data.all().size(); ++m) {
        auto const& own = data.all()[m];
        auto const bins = bins_within(model.features, data, m);
        Eigen::ArrayXd const errors = covariance.diagonal().segment(data.begin(m), own.size()).array().sqrt();
        seen.push_back({own.k_star_MeV(bins), own.correlation(bins), errors(bins)});
    }
    auto const bins = bins_within(model.features, data);
    auto const predicted = TrainingCurve(model.features, data).in_bins(model.references.correlation);
    auto const answer = answer_of_references(model.features, model.references, predicted, seen,
                                             Whitening(Eigen::MatrixXd(covariance(bins, bins))), false);
    if (!answer) return std::nullopt;
    RowMatrixXd const members = answer->mean.replicate(static_cast<Eigen::Index>(model.network.members().size()), 1);
    return in_units(model, answer->mean, answer->covariance.diagonal().cwiseSqrt().transpose(),
                    model.targets.physical(members));
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
