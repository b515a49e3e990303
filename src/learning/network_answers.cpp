#include "hadronforce/learning/network_answers.hpp"

namespace hadronforce {
namespace {

constexpr Eigen::Index draws = 256;

NetworkAnswers answers_to(NetworkEnsemble const& network, RowMatrixXd const& features) {
    return {network.predict(features), network.predictions(features), network.covariances(features)};
}

/// One row: all draws together.
void take_together(NetworkAnswers const& all, Eigen::Index row, NetworkAnswers& answers) {
    answers.mean.row(row) = all.mean.colwise().mean();
    for (std::size_t m = 0; m < all.members.size(); ++m) answers.members[m].row(row) = all.members[m].colwise().mean();
    if (all.covariances.empty()) return;
    RowMatrixXd const apart = all.mean.rowwise() - answers.mean.row(row);
    Eigen::MatrixXd covariance = apart.transpose() * apart;
    for (auto const& one : all.covariances) covariance += one;
    answers.covariances[static_cast<std::size_t>(row)] = covariance / static_cast<double>(all.mean.rows());
}

}  // namespace

NetworkAnswers network_answers(Model const& model, RowMatrixXd const& features) {
    auto const& transform = model.features;
    auto answers = answers_to(model.network, transform.errors ? transform.as_trained(features) : features);
    for (Eigen::Index i = 0; transform.errors && i < features.rows(); ++i) {
        auto const drawn = transform.with_largest_errors(features.middleRows(i, 1), draws);
        if (drawn.rows() > 0) take_together(answers_to(model.network, drawn), i, answers);
    }
    return answers;
}

}  // namespace hadronforce
