#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/partial_wave.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// Functions of r in which small changes of a potential are written: (r_1, ..., r_n) = (0.5, 1.5, ...) spacing, a tent
/// of height 1 around each that reaches to its neighbours; the first is 1 within r_1 too.
struct TentBasis {
    double spacing_fm;
    Eigen::Index count;

    Eigen::ArrayXd radii_fm() const;
    /// Tent `j` at radius r.
    double at(Eigen::Index j, double r_fm) const;
    double end_fm() const { return (static_cast<double>(count) + 0.5) * spacing_fm; }  ///< beyond it all are 0
};

/// How C(k*) changes with the potential of one partial wave: momenta x tents, the change of C where V grows by 1 MeV
/// times the tent; of different particles, all of them in this wave's channel (multiply by s and the channel's weight).
/// To first order
///     delta C(k) = -(2 mu/(hbar c)^2) (8 pi/k^3) (2l + 1) integral dr delta V(r) u(r)
///                  [v(r) integral_0^r S u^2 dr' + u(r) integral_r^oo S u v dr'],
/// with the solutions of RadialSolutions. Errors are below 1e-6 of the largest entry of a row for smooth potentials. A
/// momentum that a barrier keeps outside of potential and source has zeros. Throws InputError for momenta, mass or l
/// out of range, sources that reach farther than 20,000 fm, potentials that do not fall off by 400 fm;
/// ConvergenceError.
Eigen::MatrixXd correlation_gradient_per_MeV(LocalPotential const& potential, Source const& source,
                                             Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV,
                                             PartialWaveKind kind, TentBasis const& tents);

}  // namespace hadronforce
