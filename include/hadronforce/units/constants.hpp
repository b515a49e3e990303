#pragma once

/// The only place where a constant of nature is written. Energies in MeV, lengths in fm.
namespace hadronforce::units {

inline constexpr double pi = 3.14159265358979323846;

/// hbar c in MeV fm (CODATA 2018, exact in the SI of 2019, its first 10 digits).
inline constexpr double hbar_c_MeV_fm = 197.3269804;

/// e^2/(4 pi epsilon_0 hbar c) (CODATA 2018).
inline constexpr double fine_structure = 7.2973525693e-3;

/// Hadron masses in MeV (Particle Data Group 2022).
inline constexpr double proton_mass_MeV = 938.27208816;
inline constexpr double neutron_mass_MeV = 939.56542052;
inline constexpr double nucleon_mass_MeV = 0.5 * (proton_mass_MeV + neutron_mass_MeV);
inline constexpr double lambda_mass_MeV = 1115.683;
inline constexpr double xi_mass_MeV = 0.5 * (1314.86 + 1321.71);  // mean of Xi0 and Xi-
inline constexpr double omega_mass_MeV = 1672.45;

/// mu = m1 m2 / (m1 + m2), in the unit of the arguments.
constexpr double reduced_mass(double mass1, double mass2) { return mass1 * mass2 / (mass1 + mass2); }

/// 2 mu / (hbar c)^2 in 1/(MeV fm^2): multiplies a potential in MeV to give the reduced potential in 1/fm^2.
constexpr double two_mu_over_hbar2(double reduced_mass_MeV) {
    return 2.0 * reduced_mass_MeV / (hbar_c_MeV_fm * hbar_c_MeV_fm);
}

/// k in 1/fm of a momentum in MeV/c.
constexpr double wave_number_per_fm(double momentum_MeV) { return momentum_MeV / hbar_c_MeV_fm; }

/// Sommerfeld's parameter eta = Z1 Z2 alpha mu/k, positive for repulsion; with the binding momentum for k, that of a
/// bound state.
constexpr double sommerfeld_parameter(double charge_product, double reduced_mass_MeV, double momentum_MeV) {
    return charge_product * fine_structure * reduced_mass_MeV / momentum_MeV;
}

}  // namespace hadronforce::units
