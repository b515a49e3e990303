#include "hadronforce/learning/network_answers.hpp"

namespace hadronforce {
namespace {

constexpr Eigen::Index draws_of_larger = 256, draws_of_smaller = 32;

NetworkAnswers answers_to(NetworkEnsemble const& network, RowMatrixXd const& features) {
    return {network.predict(features), network.predictions(features), network.covariances(features)};
}

/// One row: all draws together. `apart_too`: the covariance holds how far they are apart.
void take_together(NetworkAnswers const& all, Eigen::Index row, bool apart_too, NetworkAnswers& answers) {
    answers.mean.row(row) = all.mean.colwise().mean();
    for (std::size_t m = 0; m < all.members.size(); ++m) answers.members[m].row(row) = all.members[m].colwise().mean();
    if (all.covariances.empty()) return;
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(all.mean.cols(), all.mean.cols());
    if (apart_too) {
        RowMatrixXd const apart = all.mean.rowwise() - answers.mean.row(row);
        covariance = apart.transpose() * apart;
    }
    for (auto const& one : all.covariances) covariance += one;
    answers.covariances[static_cast<std::size_t>(row)] = covariance / static_cast<double>(all.mean.rows());
}

}  // namespace

NetworkAnswers network_answers(Model const& model, RowMatrixXd const& features) {
    auto const& transform = model.features;
    auto answers = answers_to(model.network, transform.errors ? transform.as_trained(features) : features);
    if (!transform.errors) return answers;
    auto const sizes = transform.error_size(features);
    for (Eigen::Index i = 0; i < features.rows(); ++i) {
        bool const smaller = transform.beyond_training(sizes[i]) < 0;
        auto const drawn = smaller ? transform.with_smallest_errors(features.middleRows(i, 1), draws_of_smaller)
                                   : transform.with_largest_errors(features.middleRows(i, 1), draws_of_larger);
        if (drawn.rows() > 0) take_together(answers_to(model.network, drawn), i, !smaller, answers);
    }
    return answers;
}

}  // namespace hadronforce
