#pragma once

#include "hadronforce/lattice/box_spectrum.hpp"
#include "hadronforce/lattice/correlator_file.hpp"
#include "hadronforce/lattice/luescher.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"

#include <array>
#include <string>
#include <vector>

namespace hadronforce {

/// A box of a lattice, and what is asked of it.
struct BoxSettings {
    std::int64_t extent = 0;  ///< L
    double inverse_a_MeV = 0.0;
    std::array<double, 2> masses_MeV{};
    Eigen::Index states = 0;
    StencilOrder order = StencilOrder::second;
    std::vector<std::array<int, 3>> momenta;  ///< total, in 2 pi/L

    double L_fm() const;
    PairInBox pair(std::array<int, 3> const& momentum) const;
};

/// What a box says of an interaction, and what the interaction says of the box. One row a quantity; levels that are not
/// there are NaN.
struct BoxNumbers {
    Eigen::ArrayXd energy_MeV;            ///< of the lowest states, E = k^2/(2 mu)
    Eigen::ArrayXd k2_per_fm2;            ///< of the same
    Eigen::ArrayXd k_cot_delta_box;       ///< from these by Luescher's formula, 1/fm
    Eigen::ArrayXd k_cot_delta_infinite;  ///< without box at the same k^2, also below zero
    Eigen::ArrayXd difference;            ///< of the two
    Eigen::MatrixXd levels_MeV;           ///< states x momenta: predicted by k cot(delta), E = k^2/(2 mu)
    Eigen::ArrayXd curve;                 ///< k cot(delta) without box at the radii of a curve, for pictures
    double scattering_length_fm = 0.0;
    double inverse_length_per_fm = 0.0;  ///< 1/a0, which has an error where a0 of samples goes through its pole
    double effective_range_fm = 0.0;

    Eigen::RowVectorXd row() const;
    static BoxNumbers from_row(Eigen::RowVectorXd const& row, BoxNumbers const& shape);
};

/// Energies in the box and their k^2, of one interaction.
BoxNumbers box_energies(Interaction const& interaction, std::string const& name, double reduced_mass_MeV,
                        BoxSettings const& settings);

/// Adds all else. `curve_k2`: where the curve is wanted; where it is empty it is filled with points from below the
/// lowest state to the highest. Throws InputError and ConvergenceError.
void add_infinite_volume(Interaction const& interaction, double tolerance, BoxSettings const& settings,
                         BoxNumbers& numbers, Eigen::ArrayXd& curve_k2);

/// Effective energies log(R(t)/R(t + 1)) of R summed over all sites, as energies of the Schroedinger equation.
struct EffectiveEnergies {
    std::vector<std::int64_t> times;  ///< t; the energy is that between t and t + 1
    Eigen::RowVectorXd energy_MeV;    ///< of the mean of all configurations; NaN where the sum changes its sign
    Eigen::RowVectorXd error_MeV;
};

/// Collective. `times`: successive slices.
EffectiveEnergies effective_energies(Communicator const& comm, CorrelatorFile const& file,
                                     std::vector<std::int64_t> const& times);

}  // namespace hadronforce
