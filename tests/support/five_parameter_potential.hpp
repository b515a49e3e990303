#pragma once

#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>
#include <memory>
#include <random>

namespace hadronforce::testing {

inline constexpr double p_omega_reduced_mass_MeV = units::reduced_mass(units::proton_mass_MeV, units::omega_mass_MeV);

/// The form `gaussian_plus_yukawa_power` with n_pi = 2, m_pi = 146 MeV.
inline std::unique_ptr<LocalPotential> five_parameter_potential(double b1, double b2, double b3, double b4) {
    return make_potential("gaussian_plus_yukawa_power",
                          {{"n_pi", {2.0}},
                           {"m_pi_MeV", {146.0}},
                           {"b1_MeV", {b1}},
                           {"b2_per_fm2", {b2}},
                           {"b3_MeV_fm2", {b3}},
                           {"b4_per_fm2", {b4}}},
                          p_omega_reduced_mass_MeV);
}

/// The pair that `generate` solves: its parameters are b1, b2, b3, b4 and r0.
inline PairModel five_parameter_pair(double tolerance) {
    auto const at = [](Eigen::Index place) { return std::vector<ModelNumber>{{0.0, place}}; };
    ModelNumbers const numbers{{"n_pi", {{2.0, {}}}}, {"m_pi_MeV", {{146.0, {}}}}, {"b1_MeV", at(0)},
                               {"b2_per_fm2", at(1)}, {"b3_MeV_fm2", at(2)},       {"b4_per_fm2", at(3)}};
    UncoupledModel model;
    model.reduced_mass_MeV = p_omega_reduced_mass_MeV;
    model.channels = {{1.0, Exchange::none, {{0, {"gaussian_plus_yukawa_power", numbers}}}}};
    model.source = {"gaussian", {{"r0_fm", at(4)}}};
    return {"p-Omega", uncoupled_pair(std::move(model)), tolerance};
}

/// One draw of the five-parameter prior: r0 in [0.5, 4.2] fm, b1 in [-2145.5, 1532.5] MeV, b2 in [0.739, 147.8] fm^-2,
/// b3 in [-1064, 532] MeV fm^2, b4 in [0.078, 156] fm^-2; b2 and b4 uniform or log-uniform.
struct FiveParameters {
    double r0_fm, b1, b2, b3, b4;
    /// Of five_parameter_pair.
    Eigen::VectorXd parameters() const { return (Eigen::VectorXd(5) << b1, b2, b3, b4, r0_fm).finished(); }
};

template <class Generator>
FiveParameters draw_five_parameters(Generator& generator, bool log_uniform) {
    auto const uniform = [&](double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(generator);
    };
    auto const ranged = [&](double low, double high) {
        return log_uniform ? std::exp(uniform(std::log(low), std::log(high))) : uniform(low, high);
    };
    FiveParameters sample{};
    sample.r0_fm = uniform(0.5, 4.2);
    sample.b1 = uniform(-2145.5, 1532.5);
    sample.b2 = ranged(0.739, 147.8);
    sample.b3 = uniform(-1064.0, 532.0);
    sample.b4 = ranged(0.078, 156.0);
    return sample;
}

}  // namespace hadronforce::testing
