#include "commands/sample_answers.hpp"

#include "hadronforce/inference/reference_answer.hpp"
#include "hadronforce/learning/network_answers.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

Eigen::RowVectorXd one_after_the_other(std::vector<SeenPoints> const& seen, Eigen::ArrayXd SeenPoints::*which) {
    std::vector<double> all;
    for (auto const& points : seen) all.insert(all.end(), (points.*which).begin(), (points.*which).end());
    return Eigen::Map<Eigen::RowVectorXd const>(all.data(), static_cast<Eigen::Index>(all.size()));
}

/// Samples whose errors are larger than any of the training's, as far as enough references meet them.
void ask_references(Model const& model, SampleView const& view, RowMatrixXd const& correlation, std::int64_t first,
                    std::vector<bool> const& larger, NetworkAnswers& said, std::int64_t& answered) {
    if (model.references.empty() || std::find(larger.begin(), larger.end(), true) == larger.end()) return;
    auto const predicted = model.features.correlation_at(view.k_star_MeV, model.references.correlation);
    for (std::size_t i = 0; i < larger.size(); ++i) {
        if (!larger[i]) continue;
        auto const row = static_cast<Eigen::Index>(i);
        auto const seen = view.seen(model, correlation.middleRows(row, 1), first + row).front();
        Eigen::ArrayXd const errors = one_after_the_other(seen, &SeenPoints::error).transpose().array();
        auto const answer = answer_of_references(model.features, model.references, predicted, seen,
                                                 Whitening(errors.square().eval()), true);
        if (!answer) continue;
        ++answered;
        said.mean.row(row) = answer->mean;
        for (auto& member : said.members) member.row(row) = answer->mean;
        if (!said.covariances.empty()) said.covariances[i] = answer->covariance;
    }
}

}  // namespace

std::vector<Eigen::ArrayXd> split(MeasurementParts const& measurements, Eigen::ArrayXd const& values) {
    std::vector<Eigen::ArrayXd> all;
    for (std::size_t m = 0; m < measurements.count(); ++m)
        all.emplace_back(values.segment(measurements.part(m).begin, measurements.part(m).size()));
    return all;
}

std::vector<std::vector<SeenPoints>> SampleView::seen(Model const& model, RowMatrixXd const& correlation,
                                                      std::int64_t first) const {
    std::vector<std::vector<SeenPoints>> all;
    for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
        std::vector<Eigen::ArrayXd> values;
        Eigen::Index begin = 0;
        for (auto const& k : k_star_MeV) {
            values.emplace_back(correlation.row(i).segment(begin, k.size()).transpose().array());
            begin += k.size();
        }
        all.push_back(model.features.seen_at(k_star_MeV, values, errors, seed, first + i));
    }
    return all;
}

RowMatrixXd SampleView::features(Model const& model, RowMatrixXd const& correlation, std::int64_t first) const {
    auto const& transform = model.features;
    if (!transform.depends_on_sight()) return transform.features(correlation);
    auto const all = seen(model, correlation, first);
    if (transform.takes_any_momenta()) return transform.features_of_views(all);
    RowMatrixXd measured = correlation, error = correlation;
    for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
        measured.row(i) = one_after_the_other(all[static_cast<std::size_t>(i)], &SeenPoints::correlation);
        error.row(i) = one_after_the_other(all[static_cast<std::size_t>(i)], &SeenPoints::error);
    }
    return transform.features(measured, error);
}

SampleAnswers answers_of(Model const& model, SampleView const& view, LearntValues const& learnt,
                         SampleValues const& samples, std::int64_t first) {
    auto const inputs = view.features(model, samples.correlation, first);
    SampleAnswers answers;
    std::vector<bool> larger;
    if (view.errors) {
        for (double const size : model.features.error_size(inputs)) {
            auto const beyond = model.features.beyond_training(size);
            larger.push_back(beyond > 0);
            answers.smaller_errors += beyond < 0 ? 1 : 0;
            answers.larger_errors += beyond > 0 ? 1 : 0;
        }
    }
    answers.truth = model.targets.standardised(learnt.of(samples));
    auto said = network_answers(model, inputs);
    ask_references(model, view, samples.correlation, first, larger, said, answers.by_references);
    answers.prediction = said.mean;
    // A rank without samples knows too whether there are errors.
    bool const says_errors = inputs.rows() > 0
                                 ? !said.covariances.empty()
                                 : !model.network.covariances(RowMatrixXd::Zero(1, model.features.inputs())).empty();
    answers.error.resize(inputs.rows(), says_errors ? answers.truth.cols() : 0);
    for (Eigen::Index i = 0; i < answers.error.rows() && answers.error.cols() > 0; ++i)
        answers.error.row(i) = said.covariances[static_cast<std::size_t>(i)].diagonal().cwiseSqrt().transpose();
    answers.spread.resize(inputs.rows(), 0);
    if (said.members.size() > 1) answers.spread = spread_of(said.members);
    return answers;
}

}  // namespace hadronforce
