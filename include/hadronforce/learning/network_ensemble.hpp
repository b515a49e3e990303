#pragma once

#include "hadronforce/learning/network.hpp"

#include <vector>

namespace hadronforce {

/// Networks that an ensemble may have at most.
inline constexpr std::int64_t most_members = 100;

/// Networks of one kind, trained from seeds of their own, whose answers are taken together (Lakshminarayanan et al.,
/// arXiv:1612.01474). A single one is an ensemble too.
class NetworkEnsemble {
  public:
    NetworkEnsemble(Network only);  // NOLINT(google-explicit-constructor)
    /// Throws InputError for none, and for networks of different settings, inputs or targets.
    explicit NetworkEnsemble(std::vector<Network> members);

    /// Network::move_to of each.
    void move_to(std::string const& device);

    std::vector<Network> const& members() const noexcept { return members_; }
    NetworkSettings const& settings() const noexcept { return members_.front().settings(); }
    std::int64_t inputs() const noexcept { return members_.front().inputs(); }
    std::int64_t targets() const noexcept { return members_.front().targets(); }

    /// samples x inputs -> samples x targets: the mean of what the members expect.
    RowMatrixXd predict(RowMatrixXd const& inputs) const;
    /// What each member expects, one after the other.
    std::vector<RowMatrixXd> predictions(RowMatrixXd const& inputs) const;
    /// The covariance of each sample's targets: that of the members' distributions in equal parts. Empty where the
    /// estimator says none.
    std::vector<Eigen::MatrixXd> covariances(RowMatrixXd const& inputs) const;

  private:
    std::vector<Network> members_;
};

/// samples x targets: standard deviations of the members' answers about their mean; zero for a single one.
RowMatrixXd spread_of(std::vector<RowMatrixXd> const& predictions);

}  // namespace hadronforce
