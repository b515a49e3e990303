#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>

namespace hadronforce {
namespace {

// HAL QCD near the physical point, a^-1 = 2333 MeV; b1..b4 in lattice units as published with the paper.
PotentialPreset n_omega(std::string name, double b1, double b2, double b3, double b4) {
    double const inverse_a_MeV = 2333.0;
    double const a_fm = units::hbar_c_MeV_fm / inverse_a_MeV;
    return {std::move(name),
            "gaussian_plus_yukawa_power",
            {{"n_pi", {2.0}},
             {"m_pi_MeV", {146.0}},
             {"b1_MeV", {b1 * inverse_a_MeV}},
             {"b2_per_fm2", {b2 / (a_fm * a_fm)}},
             {"b3_MeV_fm2", {b3 * inverse_a_MeV * a_fm * a_fm}},
             {"b4_per_fm2", {b4 / (a_fm * a_fm)}}},
            954.69,
            1711.53,
            "N-Omega 5S2",
            "T. Iritani et al. (HAL QCD), Phys. Lett. B 792 (2019) 284, arXiv:1810.03416"};
}

PotentialPreset n_omega_rounded() {
    return {
        "n_omega_published",
        "gaussian_plus_yukawa_power",
        {{"n_pi", {2.0}},
         {"m_pi_MeV", {146.0}},
         {"b1_MeV", {-306.5}},
         {"b2_per_fm2", {73.9}},
         {"b3_MeV_fm2", {-266.0}},
         {"b4_per_fm2", {0.78}}},
        units::proton_mass_MeV,
        units::omega_mass_MeV,
        "p-Omega 5S2",
        "T. Iritani et al. (HAL QCD), Phys. Lett. B 792 (2019) 284, arXiv:1810.03416, rounded, with physical masses"};
}

PotentialPreset omega_omega() {
    return {"omega_omega_1s0",
            "sum_of_gaussians",
            {{"strengths_MeV", {914.0, 305.0, -112.0}}, {"ranges_fm", {0.143, 0.305, 0.949}}},
            1711.53,
            1711.53,
            "Omega-Omega 1S0",
            "S. Gongyo et al. (HAL QCD), Phys. Rev. Lett. 120 (2018) 212001, arXiv:1709.00654"};
}

PotentialPreset n_phi() {
    return {"n_phi_4s32",
            "gaussians_plus_two_pion_tail",
            {{"strengths_MeV", {-392.0, -145.0}},
             {"ranges_fm", {0.128, 0.284}},
             {"tail_MeV_fm2", {-83.0}},
             {"tail_range_fm", {0.582}},
             {"m_pi_MeV", {146.4}}},
            954.0,
            1048.0,
            "N-phi 4S3/2",
            "Y. Lyu et al. (HAL QCD), Phys. Rev. D 106 (2022) 074507, arXiv:2205.10544"};
}

// Wall source, t = 13, m_pi = 510 MeV, a^-1 = 2194 MeV: sum A exp(-B r^2) in lattice units.
PotentialPreset xi_xi() {
    double const inverse_a_MeV = 2194.0;
    double const a_fm = units::hbar_c_MeV_fm / inverse_a_MeV;
    double const a[] = {0.875888, 0.426106, 0.201008, -0.0292226};
    double const b[] = {1.20403, 0.302803, 0.0737253, 0.00897658};
    PotentialParameters parameters;
    for (int i = 0; i < 4; ++i) {
        parameters["strengths_MeV"].push_back(a[i] * inverse_a_MeV);
        parameters["ranges_fm"].push_back(a_fm / std::sqrt(b[i]));
    }
    double const mass_MeV = 0.6640971 * inverse_a_MeV;
    return {"xi_xi_1s0",
            "sum_of_gaussians",
            std::move(parameters),
            mass_MeV,
            mass_MeV,
            "Xi-Xi 1S0",
            "T. Iritani et al. (HAL QCD), JHEP 10 (2016) 101, arXiv:1607.06371 (m_pi = 510 MeV)"};
}

}  // namespace

std::vector<PotentialPreset> const& potential_presets() {
    static std::vector<PotentialPreset> const all{
        n_omega("n_omega_t11", -0.13136084955260002, 0.52834055672732, -15.95229783330012, 0.005562073256350698),
        n_omega("n_omega_t12", -0.1341543285204814, 0.5845440833372114, -15.077607898670765, 0.006050984618075039),
        n_omega("n_omega_t13", -0.1357487063711886, 0.5856210423974729, -14.18992765863416, 0.00651512990704001),
        n_omega("n_omega_t14", -0.12679136177225722, 0.4576811539681428, -16.298270485788166, 0.005425085384336141),
        n_omega_rounded(),
        omega_omega(),
        n_phi(),
        xi_xi(),
    };
    return all;
}

}  // namespace hadronforce
