#include "hadronforce/interaction/spin_isospin_potential.hpp"

#include "hadronforce/error.hpp"

namespace hadronforce {

PotentialParameters SpinIsospinPotential::channel(int spin, int isospin) const {
    if (spin != 0 && spin != 1) throw InputError("spin = " + std::to_string(spin) + " must be 0 or 1");
    if (isospin != 0 && isospin != 1) throw InputError("isospin = " + std::to_string(isospin) + " must be 0 or 1");
    double const sigma_sigma = spin == 0 ? -3.0 : 1.0;
    double const tau_tau = isospin == 0 ? -3.0 : 1.0;
    std::array<double, 4> const factors{1.0, sigma_sigma, tau_tau, sigma_sigma * tau_tau};
    std::vector<double> strengths(ranges_fm.size(), 0.0);
    for (std::size_t i = 0; i < ranges_fm.size(); ++i)
        for (std::size_t part = 0; part < 4; ++part) strengths[i] += factors[part] * strengths_MeV[part].at(i);
    return {{"strengths_MeV", strengths},
            {"ranges_fm", ranges_fm},
            {"one_pion_MeV_fm", {factors[3] * one_pion_MeV_fm}},
            {"one_pion_range_fm", {one_pion_range_fm}},
            {"two_pion_MeV_fm2", {two_pion_MeV_fm2}},
            {"two_pion_range_fm", {two_pion_range_fm}},
            {"m_pi_MeV", {m_pi_MeV}}};
}

}  // namespace hadronforce
