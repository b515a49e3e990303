#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

// hbar c from the SI values that define it: h = 6.62607015e-34 J s, c = 299792458 m/s, e = 1.602176634e-19 C.
TEST(Constants, HbarCFollowsFromTheSI) {
    double const joule_metre = 6.62607015e-34 / (2.0 * units::pi) * 299792458.0;
    EXPECT_NEAR(units::hbar_c_MeV_fm, joule_metre / 1.602176634e-19 * 1e-6 * 1e15, 1e-7);
}

// m_p from its mass in unified atomic mass units, 1.007276466621 u, u = 931.49410242 MeV.
TEST(Constants, ProtonMassFollowsFromAtomicUnits) {
    EXPECT_NEAR(units::proton_mass_MeV, 1.007276466621 * 931.49410242, 1e-6);
}

// The neutron too: 1.00866491595 u; and m_n - m_p, 1.29333236 MeV, which the decay of the neutron gives by itself.
TEST(Constants, NeutronMassFollowsFromAtomicUnits) {
    EXPECT_NEAR(units::neutron_mass_MeV, 1.00866491595 * 931.49410242, 1e-6);
    EXPECT_NEAR(units::neutron_mass_MeV - units::proton_mass_MeV, 1.29333236, 1e-7);
}

// Gell-Mann and Okubo's relation of the octet, 2 (m_N + m_Xi) = 3 m_Lambda + m_Sigma, holds to 0.6 per cent.
TEST(Constants, OctetMassesObeyGellMannAndOkubo) {
    double const sigma_MeV = 1193.154;
    double const left = 2.0 * (units::nucleon_mass_MeV + units::xi_mass_MeV);
    EXPECT_NEAR(left / (3.0 * units::lambda_mass_MeV + sigma_MeV), 1.0, 0.006);
}

TEST(Constants, ReducedMassOfEqualMassesIsHalf) {
    EXPECT_DOUBLE_EQ(units::reduced_mass(1672.45, 1672.45), 0.5 * 1672.45);
    EXPECT_LT(units::reduced_mass(units::proton_mass_MeV, units::omega_mass_MeV), units::proton_mass_MeV);
}

// k^2/(2 mu) of k = 1/fm for mu = 1000 MeV is hbar c^2/2000 MeV.
TEST(Constants, ReducedPotentialIsEnergyOverKineticEnergy) {
    double const kinetic_MeV = units::hbar_c_MeV_fm * units::hbar_c_MeV_fm / 2000.0;
    EXPECT_NEAR(units::two_mu_over_hbar2(1000.0) * kinetic_MeV, 1.0, 1e-15);
    EXPECT_DOUBLE_EQ(units::wave_number_per_fm(units::hbar_c_MeV_fm), 1.0);
}

// alpha = e^2/(2 epsilon_0 h c) with epsilon_0 = 8.8541878128e-12 F/m.
TEST(Constants, FineStructureFollowsFromTheSI) {
    double const e = 1.602176634e-19;
    EXPECT_NEAR(units::fine_structure, e * e / (2.0 * 8.8541878128e-12 * 6.62607015e-34 * 299792458.0), 1e-12);
}

// Protonium's ground state: kappa = alpha mu makes eta = -1, and E = kappa^2/(2 mu) = alpha^2 mu/2 =
// 12.4909 keV (a hydrogen atom's 13.605693 eV times mu/m_e, m_e = 0.51099895 MeV).
TEST(Constants, SommerfeldParameterGivesRydbergsEnergy) {
    double const mu = 0.5 * units::proton_mass_MeV;
    double const kappa = units::fine_structure * mu;
    EXPECT_DOUBLE_EQ(units::sommerfeld_parameter(-1.0, mu, kappa), -1.0);
    EXPECT_NEAR(kappa * kappa / (2.0 * mu), 13.605693e-6 * mu / 0.51099895, 1e-9);
}

}  // namespace
}  // namespace hadronforce
