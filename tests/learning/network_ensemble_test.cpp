#include "hadronforce/learning/network_ensemble.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

Network gaussian(std::int64_t seed, std::vector<std::int64_t> widths = {5}) {
    return {{"mlp", std::move(widths), "tanh", Precision::float64, "gaussian"}, 3, 2, seed};
}

RowMatrixXd inputs() {
    RowMatrixXd x(4, 3);
    for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = normal_draw(7, static_cast<std::uint64_t>(i), 0);
    return x;
}

NetworkEnsemble three() {
    std::vector<Network> members;
    for (int seed : {1, 2, 3}) members.push_back(gaussian(seed));
    return NetworkEnsemble(std::move(members));
}

// Mean and covariance of the members' normal distributions in equal parts: of its second moments, which add up.
TEST(NetworkEnsemble, IsTheMixtureOfItsMembers) {
    auto const x = inputs();
    auto const ensemble = three();
    auto const mean = ensemble.predict(x);
    auto const covariance = ensemble.covariances(x);
    auto const spread = spread_of(ensemble.predictions(x));
    ASSERT_EQ(covariance.size(), 4u);
    for (Eigen::Index i = 0; i < 4; ++i) {
        Eigen::Vector2d first = Eigen::Vector2d::Zero(), square = Eigen::Vector2d::Zero();
        Eigen::Matrix2d second = Eigen::Matrix2d::Zero();
        for (int seed : {1, 2, 3}) {
            auto const member = gaussian(seed);
            Eigen::Vector2d const m = member.predict(x).row(i).transpose();
            first += m / 3.0;
            square += m.cwiseAbs2() / 3.0;
            second += (member.covariances(x).at(static_cast<std::size_t>(i)) + m * m.transpose()) / 3.0;
        }
        EXPECT_LE((mean.row(i).transpose() - first).norm(), 1e-14);
        Eigen::Matrix2d const expected = second - first * first.transpose();
        EXPECT_LE((covariance[static_cast<std::size_t>(i)] - expected).norm(), 1e-12 * second.norm());
        Eigen::Vector2d const deviation = (square - first.cwiseAbs2()).cwiseSqrt();
        EXPECT_LE((spread.row(i).transpose() - deviation).norm(), 1e-7);
        EXPECT_GT(deviation.minCoeff(), 1e-3);
    }
}

TEST(NetworkEnsemble, OfOneIsThatNetwork) {
    auto const x = inputs();
    auto const network = gaussian(5);
    NetworkEnsemble const ensemble(gaussian(5));
    EXPECT_EQ(ensemble.predict(x), network.predict(x));
    EXPECT_EQ(ensemble.covariances(x).at(2), network.covariances(x).at(2));
    EXPECT_EQ(spread_of(ensemble.predictions(x)).cwiseAbs().maxCoeff(), 0.0);
}

TEST(NetworkEnsemble, OfUnlikeNetworksIsRefused) {
    std::vector<Network> members;
    EXPECT_THROW(NetworkEnsemble(std::vector<Network>()), InputError);
    members.push_back(gaussian(1));
    members.push_back(gaussian(1, {6}));
    EXPECT_THROW(NetworkEnsemble(std::move(members)), InputError);
}

}  // namespace
}  // namespace hadronforce
