#include "hadronforce/femtoscopy/decay_feed_down.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/bin_average.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// The share of a bin has kinks where the decay's limits enter and leave it: many points, whatever their rule.
constexpr int points_per_column = 64;
constexpr int most_columns = 20000;

double energy(double mass, double momentum) { return std::hypot(mass, momentum); }

/// Squared mass of two particles of relative momentum k.
double mass_squared(double mass1, double mass2, double k) {
    double const sum = energy(mass1, k) + energy(mass2, k);
    return sum * sum;
}

struct Interval {
    double low, high;
};

/// Limits of the squared mass of spectator and daughter, from the spectator's momentum k beside the mother.
Interval daughter_mass_squared(MotherDecay const& d, double k_MeV) {
    // In the mother's rest frame: the daughter, and the spectator.
    double const daughter = (d.mother_mass_MeV * d.mother_mass_MeV + d.daughter_mass_MeV * d.daughter_mass_MeV -
                             d.other_mass_MeV * d.other_mass_MeV) /
                            (2.0 * d.mother_mass_MeV);
    double const daughter_momentum =
        std::sqrt(std::max(0.0, daughter * daughter - d.daughter_mass_MeV * d.daughter_mass_MeV));
    double const spectator_momentum =
        k_MeV * (energy(d.spectator_mass_MeV, k_MeV) + energy(d.mother_mass_MeV, k_MeV)) / d.mother_mass_MeV;
    double const centre = d.spectator_mass_MeV * d.spectator_mass_MeV + d.daughter_mass_MeV * d.daughter_mass_MeV +
                          2.0 * energy(d.spectator_mass_MeV, spectator_momentum) * daughter;
    double const reach = 2.0 * spectator_momentum * daughter_momentum;
    return {centre - reach, centre + reach};
}

}  // namespace

MomentumMatrix decay_feed_down(MotherDecay const& decay, Eigen::ArrayXd const& low_MeV, Eigen::ArrayXd const& high_MeV,
                               double width_MeV) {
    if (!(decay.spectator_mass_MeV > 0.0 && decay.daughter_mass_MeV > 0.0 && decay.other_mass_MeV >= 0.0))
        throw InputError("masses of a decay must be positive");
    if (!(decay.mother_mass_MeV >= decay.daughter_mass_MeV + decay.other_mass_MeV))
        throw InputError("the mother is lighter than what it decays into");
    if (!(width_MeV > 0.0)) throw InputError("the width of a bin must be positive");
    double const highest = mass_squared(decay.spectator_mass_MeV, decay.daughter_mass_MeV, high_MeV.maxCoeff());
    int columns = 1;
    while (daughter_mass_squared(decay, columns * width_MeV).low < highest)
        if (++columns > most_columns) throw InputError("the bins of a decay are too narrow; give a larger width");

    MomentumMatrix matrix;
    matrix.path = "decay";
    matrix.low_MeV = low_MeV;
    matrix.high_MeV = high_MeV;
    matrix.from_low_MeV = width_MeV * Eigen::ArrayXd::LinSpaced(columns, 0.0, columns - 1.0);
    matrix.from_high_MeV = matrix.from_low_MeV + width_MeV;
    matrix.weights.resize(low_MeV.size(), columns);
    BinAverage const mothers(matrix.from_low_MeV, matrix.from_high_MeV, points_per_column);
    Eigen::ArrayXd const pairs = matrix.from_high_MeV.cube() - matrix.from_low_MeV.cube();
    for (Eigen::Index row = 0; row < low_MeV.size(); ++row) {
        double const low = mass_squared(decay.spectator_mass_MeV, decay.daughter_mass_MeV, low_MeV[row]);
        double const high = mass_squared(decay.spectator_mass_MeV, decay.daughter_mass_MeV, high_MeV[row]);
        Eigen::ArrayXd const share = mothers.nodes_MeV().unaryExpr([&](double k) {
            auto const reached = daughter_mass_squared(decay, k);
            double const inside = std::min(high, reached.high) - std::max(low, reached.low);
            if (reached.high > reached.low) return std::max(0.0, inside) / (reached.high - reached.low);
            return reached.low >= low && reached.low < high ? 1.0 : 0.0;
        });
        matrix.weights.row(row) = (pairs * mothers.average(share)).matrix().transpose();
    }
    normalise_rows(matrix);
    return matrix;
}

}  // namespace hadronforce
