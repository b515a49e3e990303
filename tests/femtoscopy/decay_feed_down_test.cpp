#include "hadronforce/femtoscopy/decay_feed_down.hpp"

#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

constexpr double p = 938.272, lambda = 1115.683, pi = 139.570;

Eigen::ArrayXd const low = 8.0 * Eigen::ArrayXd::LinSpaced(40, 0.0, 39.0);

/// k* of spectator and daughter, by boosting the daughter from the mother's rest frame into that of the pair.
double boosted(double k, double cosine) {
    double const e = (lambda * lambda + p * p - pi * pi) / (2.0 * lambda), q = std::sqrt(e * e - p * p);
    double const mother_energy = std::hypot(lambda, k), gamma = mother_energy / lambda, beta = k / mother_energy;
    // The mother moves along +z, the spectator along -z.
    double const energy = gamma * (e + beta * q * cosine), z = gamma * (q * cosine + beta * e);
    double const x = q * std::sqrt(1.0 - cosine * cosine);
    double const total = energy + std::hypot(p, k), total_z = z - k;
    double const s = total * total - total_z * total_z - x * x;
    return std::sqrt(0.25 * s - p * p);
}

// By counting decays, 400 angles x 400 momenta a column; few of them make the slowest pairs of daughters, whose two
// rows are left out.
TEST(DecayFeedDown, IsWhatBoostedDaughtersHave) {
    auto const matrix = decay_feed_down({p, lambda, p, pi}, low, low + 8.0, 8.0);
    check_momentum_matrix(matrix);
    Eigen::MatrixXd counted = Eigen::MatrixXd::Zero(matrix.weights.rows(), matrix.weights.cols());
    int const n = 400;
    for (Eigen::Index column = 0; column < counted.cols(); ++column)
        for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j) {
                double const k = matrix.from_low_MeV[column] + 8.0 * (i + 0.5) / n;
                auto const row = static_cast<Eigen::Index>(boosted(k, 2.0 * (j + 0.5) / n - 1.0) / 8.0);
                if (row < counted.rows()) counted(row, column) += k * k;
            }
    for (Eigen::Index row = 0; row < counted.rows(); ++row) counted.row(row) /= counted.row(row).sum();
    EXPECT_LE((counted - matrix.weights).bottomRows(38).cwiseAbs().maxCoeff(), 2e-3);
    // Protons at rest to each other: the Lambda moves with the proton that it leaves, p* = 100.6 MeV/c in its frame.
    // There the spectator has k (E1 + E2)/m_Lambda = p*, so k = 54.6 MeV/c; bins of 8 MeV/c about it.
    EXPECT_GT(matrix.weights.row(0).segment(5, 3).sum(), 0.999);
}

// A decay without energy: the daughter goes on with the mother's velocity, and the other particle weighs next to
// nothing, so that k* stays.
TEST(DecayFeedDown, OfALightParticleAtRestIsTheIdentity) {
    auto const matrix = decay_feed_down({p, p + 1e-6, p, 1e-6}, low, low + 8.0, 8.0);
    for (Eigen::Index row = 0; row < low.size(); ++row) EXPECT_NEAR(matrix.weights(row, row), 1.0, 1e-6) << row;
}

TEST(DecayFeedDown, RefusesWhatCannotDecay) {
    EXPECT_NE(message_of([] {
                  decay_feed_down({p, p, p, pi}, low, low + 8.0, 8.0);
              }).find("lighter"),
              std::string::npos);
    EXPECT_NE(message_of([] {
                  decay_feed_down({p, lambda, p, pi}, low, low + 8.0, 0.0);
              }).find("width"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
