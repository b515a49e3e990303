#include "hadronforce/learning/network_ensemble.hpp"

#include "hadronforce/error.hpp"

#include <utility>

namespace hadronforce {
namespace {

std::vector<Network> only(Network network) {
    std::vector<Network> result;
    result.push_back(std::move(network));
    return result;
}

bool are_alike(Network const& a, Network const& b) {
    auto const &s = a.settings(), &t = b.settings();
    return s.form == t.form && s.widths == t.widths && s.activation == t.activation && s.precision == t.precision &&
           s.estimator == t.estimator && s.normalises_last == t.normalises_last && a.inputs() == b.inputs() &&
           a.targets() == b.targets();
}

RowMatrixXd mean_of(std::vector<RowMatrixXd> const& predictions) {
    RowMatrixXd sum = predictions.front();
    for (std::size_t m = 1; m < predictions.size(); ++m) sum += predictions[m];
    return sum / static_cast<double>(predictions.size());
}

}  // namespace

NetworkEnsemble::NetworkEnsemble(Network network) : members_(only(std::move(network))) {}

NetworkEnsemble::NetworkEnsemble(std::vector<Network> members) : members_(std::move(members)) {
    if (members_.empty()) throw InputError("an ensemble needs a network");
    for (auto const& member : members_)
        if (!are_alike(member, members_.front())) throw InputError("networks of an ensemble must be of one kind");
}

std::vector<RowMatrixXd> NetworkEnsemble::predictions(RowMatrixXd const& inputs) const {
    std::vector<RowMatrixXd> result;
    for (auto const& member : members_) result.push_back(member.predict(inputs));
    return result;
}

void NetworkEnsemble::move_to(std::string const& device) {
    for (auto& member : members_) member.move_to(device);
}

RowMatrixXd NetworkEnsemble::predict(RowMatrixXd const& inputs) const { return mean_of(predictions(inputs)); }

std::vector<Eigen::MatrixXd> NetworkEnsemble::covariances(RowMatrixXd const& inputs) const {
    auto result = members_.front().covariances(inputs);
    if (result.empty() || members_.size() == 1) return result;
    for (std::size_t m = 1; m < members_.size(); ++m) {
        auto const more = members_[m].covariances(inputs);
        for (std::size_t i = 0; i < result.size(); ++i) result[i] += more[i];
    }
    auto const all = predictions(inputs);
    auto const mean = mean_of(all);
    for (auto const& one : all)
        for (std::size_t i = 0; i < result.size(); ++i) {
            auto const row = static_cast<Eigen::Index>(i);
            Eigen::VectorXd const apart = (one.row(row) - mean.row(row)).transpose();
            result[i] += apart * apart.transpose();
        }
    for (auto& covariance : result) covariance /= static_cast<double>(members_.size());
    return result;
}

RowMatrixXd spread_of(std::vector<RowMatrixXd> const& predictions) {
    auto const mean = mean_of(predictions);
    RowMatrixXd squares = RowMatrixXd::Zero(mean.rows(), mean.cols());
    for (auto const& one : predictions) squares += (one - mean).cwiseAbs2();
    return (squares / static_cast<double>(predictions.size())).cwiseSqrt();
}

}  // namespace hadronforce
