#pragma once

#include "hadronforce/lattice/correlator_file.hpp"
#include "hadronforce/lattice/stencils.hpp"

#include <array>
#include <vector>

namespace hadronforce {

/// What the potential is taken from: time slices and finite differences. Lattice units.
struct LeadingOrderSettings {
    std::vector<std::int64_t> times;
    StencilOrder space_order = StencilOrder::second;
    StencilOrder time_order = StencilOrder::second;
    double reduced_mass_a = 0.0;
    double mass_asymmetry = 0.0;  ///< D = (m1 - m2)/(m1 + m2)
    bool one_sided = false;       ///< whether slices at the ends of the data may be taken, with one-sided derivatives
};

/// V(t, r) = lap R/(2 mu R) - (dR/dt)/R + (1 + 3 D^2)/(8 mu) (d^2R/dt^2)/R, in units of 1/a.
struct LeadingOrderPotential {
    enum Term { kinetic, first_derivative, second_derivative, total };
    static constexpr std::size_t terms = 4;
    std::vector<std::int64_t> times;
    IndexRange samples;                        ///< those of this rank
    std::array<RowMatrixXd, terms> of_sample;  ///< own samples x (times x orbits), orbits fastest
    std::array<MeanAndError, terms> result;    ///< times x orbits, on every rank
};

/// The four terms of one sample, each 1 x (times x orbits). `R`: (all times of the file) x orbits. Not collective.
std::array<Eigen::RowVectorXd, LeadingOrderPotential::terms> leading_order_terms(
    CorrelatorFile const& file, LeadingOrderSettings const& settings, CubicLaplacian const& laplacian,
    Eigen::Ref<Eigen::RowVectorXd const> const& R);

/// Collective. Terms of all samples, their means and errors. Throws InputError where a time slice or a neighbour that
/// the derivatives need is missing.
LeadingOrderPotential leading_order_potential(Communicator const& comm, CorrelatorFile const& file,
                                              LeadingOrderSettings const& settings);

}  // namespace hadronforce
