#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/interaction/spin_isospin_potential.hpp"
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
        "T. Iritani et al. (HAL QCD), Phys. Lett. B 792 (2019) 284, arXiv:1810.03416, rounded, with physical masses",
        0,
        -1};
}

PotentialPreset omega_omega() {
    return {"omega_omega_1s0",
            "sum_of_gaussians",
            {{"strengths_MeV", {914.0, 305.0, -112.0}}, {"ranges_fm", {0.143, 0.305, 0.949}}},
            1711.53,
            1711.53,
            "Omega-Omega 1S0",
            "S. Gongyo et al. (HAL QCD), Phys. Rev. Lett. 120 (2018) 212001, arXiv:1709.00654",
            0,
            1};
}

// sum alpha exp(-beta r^2); masses of the lattice at m_pi = 146 MeV.
PotentialPreset omega_ccc() {
    PotentialParameters parameters{{"strengths_MeV", {239.5, -62.7, -98.8}}};
    for (double const beta_per_fm2 : {48.5, 7.8, 3.4}) parameters["ranges_fm"].push_back(1.0 / std::sqrt(beta_per_fm2));
    return {"omega_ccc_omega_ccc_1s0",
            "sum_of_gaussians",
            parameters,
            4795.6,
            4795.6,
            "Omega_ccc-Omega_ccc 1S0",
            "Y. Lyu et al. (HAL QCD), Phys. Rev. Lett. 127 (2021) 072003, arXiv:2102.00181",
            0,
            4};
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
            "Y. Lyu et al. (HAL QCD), Phys. Rev. D 106 (2022) 074507, arXiv:2205.10544",
            0,
            0};
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
            "T. Iritani et al. (HAL QCD), JHEP 10 (2016) 101, arXiv:1607.06371 (m_pi = 510 MeV)",
            0,
            {},
            0.15};
}

/// Reid's 1S0, in multiples of exp(-n x)/x, x = 0.7 r.
PotentialPreset reid_soft_core() {
    double const m = 0.7;
    return {"reid_soft_core_1s0",
            "sum_of_yukawas",
            {{"strengths_MeV_fm", {-10.463 / m, -1650.6 / m, 6484.2 / m}}, {"m_per_fm", {m, 4.0 * m, 7.0 * m}}},
            units::nucleon_mass_MeV,
            units::nucleon_mass_MeV,
            "N-N 1S0",
            "R. V. Reid, Ann. Phys. (N.Y.) 50 (1968) 411, without Coulomb force"};
}

PotentialPreset argonne(std::string const& name, std::string const& pair, int isospin_z, int spin, int l, int j) {
    double const mass1 = isospin_z < 0 ? units::neutron_mass_MeV : units::proton_mass_MeV;
    double const mass2 = isospin_z > 0 ? units::proton_mass_MeV : units::neutron_mass_MeV;
    return {"argonne_v18_" + name,
            "argonne_v18",
            {{"isospin_z", {1.0 * isospin_z}}, {"spin", {1.0 * spin}}, {"orbital", {1.0 * l}}, {"total", {1.0 * j}}},
            mass1,
            mass2,
            pair,
            "R. B. Wiringa, V. G. J. Stoks, R. Schiavilla, Phys. Rev. C 51 (1995) 38, arXiv:nucl-th/9408016, strong "
            "part",
            l,
            isospin_z > 0 ? 1 : 0,
            1e-3};
}

/// vbar = 6.2 MeV, v_sigma = 0.25 MeV: strength vbar - v_sigma (sigma sigma)/4.
PotentialPreset p_lambda(std::string name, std::string pair, double sigma_sigma) {
    return {std::move(name),
            "usmani",
            {{"strength_MeV", {6.2 - 0.25 * sigma_sigma / 4.0}}},
            units::proton_mass_MeV,
            units::lambda_mass_MeV,
            std::move(pair),
            "A. R. Bodmer, Q. N. Usmani, J. Carlson, Phys. Rev. C 29 (1984) 684; F. Wang, S. Pratt, Phys. Rev. Lett. "
            "83 (1999) 3138, arXiv:nucl-th/9907019",
            0,
            0,
            0.03};
}

/// Averages at t/a = 11, 12, 13.
SpinIsospinPotential const n_xi_of_time[] = {{{0.129347826, 0.257882609, 0.569352174},
                                              {{{957.6177391, 551.982587, 171.2853609},
                                                {-125.6768391, -50.35931739, -5.578369565},
                                                {192.5241478, 104.5099, 31.54982174},
                                                {-79.6482087, -37.5626087, -6.981852174}}},
                                              -109.8198826,
                                              0.609430435,
                                              -1.623326087,
                                              0.249204348},
                                             {{0.124434783, 0.24073913, 0.533047826},
                                              {{{871.4414348, 629.8059522, 194.0608348},
                                                {-122.0438565, -52.15276957, -8.426},
                                                {184.9633522, 108.4566609, 36.70529565},
                                                {-84.88748261, -32.19935652, -11.58966957}}},
                                              -97.26147391,
                                              0.602813043,
                                              -1.420756522,
                                              0.136308696},
                                             {{0.124022727, 0.227718182, 0.498931818},
                                              {{{839.3146636, 490.1065545, 366.4282},
                                                {-125.6905727, -52.73113182, -12.26011818},
                                                {188.1871364, 95.12269091, 44.71231364},
                                                {-65.57367273, -45.02067273, -16.17639545}}},
                                              -83.50561364,
                                              0.41685,
                                              -1.383754545,
                                              0.306854545}};

PotentialPreset n_xi(int t, int spin, int isospin) {
    std::string const wave = spin == 0 ? "1s0" : "3s1";
    return {"n_xi_" + std::to_string(2 * isospin + 1) + wave + "_t" + std::to_string(t),
            "gaussians_plus_pions",
            n_xi_of_time[t - 11].channel(spin, isospin),
            units::nucleon_mass_MeV,
            units::xi_mass_MeV,
            "N-Xi " + std::string(spin == 0 ? "1S0" : "3S1") + ", isospin " + std::to_string(isospin),
            "K. Sasaki et al. (HAL QCD), Nucl. Phys. A 998 (2020) 121737, arXiv:1912.08630, with physical masses",
            0,
            {},
            0.03};
}

std::vector<PotentialPreset> presets() {
    std::vector<PotentialPreset> all{
        n_omega("n_omega_t11", -0.13136084955260002, 0.52834055672732, -15.95229783330012, 0.005562073256350698),
        n_omega("n_omega_t12", -0.1341543285204814, 0.5845440833372114, -15.077607898670765, 0.006050984618075039),
        n_omega("n_omega_t13", -0.1357487063711886, 0.5856210423974729, -14.18992765863416, 0.00651512990704001),
        n_omega("n_omega_t14", -0.12679136177225722, 0.4576811539681428, -16.298270485788166, 0.005425085384336141),
        n_omega_rounded(),
        omega_omega(),
        omega_ccc(),
        n_phi(),
        xi_xi(),
        reid_soft_core(),
        argonne("pp_1s0", "p-p 1S0", 1, 0, 0, 0),
        argonne("np_1s0", "n-p 1S0", 0, 0, 0, 0),
        argonne("nn_1s0", "n-n 1S0", -1, 0, 0, 0),
        argonne("pp_3p0", "p-p 3P0", 1, 1, 1, 0),
        argonne("pp_3p1", "p-p 3P1", 1, 1, 1, 1),
        argonne("pp_3p2", "p-p 3P2", 1, 1, 1, 2),
        p_lambda("usmani_1s0", "p-Lambda 1S0", -3.0),
        p_lambda("usmani_3s1", "p-Lambda 3S1", 1.0),
    };
    for (int t : {11, 12, 13})
        for (int spin : {0, 1})
            for (int isospin : {0, 1}) all.push_back(n_xi(t, spin, isospin));
    return all;
}

}  // namespace

std::vector<PotentialPreset> const& potential_presets() {
    static std::vector<PotentialPreset> const all = presets();
    return all;
}

}  // namespace hadronforce
