#include "hadronforce/femtoscopy/decay_feed_down.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

double sum_of_energies(double mass1, double mass2, double k) { return std::hypot(mass1, k) + std::hypot(mass2, k); }

/// Of two particles beside each other, from k of their centre of mass and back.
double relative_rapidity(double mass1, double mass2, double k) {
    return std::asinh(k * sum_of_energies(mass1, mass2, k) / (mass1 * mass2));
}
double momentum(double mass1, double mass2, double rapidity) {
    double const half = std::sinh(0.5 * rapidity);
    double const total = std::sqrt((mass1 + mass2) * (mass1 + mass2) + 4.0 * mass1 * mass2 * half * half);
    return mass1 * mass2 * std::sinh(rapidity) / total;
}

}  // namespace

DecayFeedDown::DecayFeedDown(MotherDecay const& decay) : decay_(decay) {
    auto const& [spectator, mother, daughter, other] = decay;
    if (!(spectator > 0.0 && daughter > 0.0 && other >= 0.0)) throw InputError("masses of a decay must be positive");
    if (!(mother >= daughter + other)) throw InputError("the mother is lighter than what it decays into");
    // k of daughter and other particle, without differences of squares.
    double const k = 0.5 / mother *
                     std::sqrt(std::max(0.0, mother - daughter - other) * (mother + daughter + other) *
                               (mother - daughter + other) * (mother + daughter - other));
    rapidity_of_daughter_ = std::asinh(k / daughter);
}

MomentumInterval DecayFeedDown::mothers_of(double k_star_MeV) const {
    double const seen = relative_rapidity(decay_.spectator_mass_MeV, decay_.daughter_mass_MeV, k_star_MeV);
    auto const from = [&](double rapidity) {
        return momentum(decay_.spectator_mass_MeV, decay_.mother_mass_MeV, rapidity);
    };
    return {from(std::fabs(seen - rapidity_of_daughter_)), from(seen + rapidity_of_daughter_)};
}

double DecayFeedDown::weight(double k_of_mothers_MeV) const {
    // k^2 dk over the length of the interval of squared masses, which is as the momentum in the mother's frame.
    return k_of_mothers_MeV / sum_of_energies(decay_.spectator_mass_MeV, decay_.mother_mass_MeV, k_of_mothers_MeV);
}

}  // namespace hadronforce
