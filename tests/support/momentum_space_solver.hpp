#pragma once

#include "hadronforce/interaction/nonlocal_potential.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Core>
#include <Eigen/LU>

#include <cmath>

namespace hadronforce::testing {

/// tan(delta) of a non-local interaction by another method altogether: the principal-value equation for the K matrix in
/// momentum space, K(p, k) = w(p, k) + (2/pi) P int dq w(p, q) K(q, k)/(k^2 - q^2), with the singularity subtracted
/// (Haftel and Tabakin, Nucl. Phys. A 158 (1970) 1); w(p, q) = int int sin(pr) 8 pi mu r r' U sin(qr') dr dr',
/// tan(delta) = -K(k, k)/k. For interactions of range 1 or so and k below 10: momenta reach to 60.
inline double momentum_space_tan_delta(NonlocalPotential const& potential, double two_mu, double k, double r_max) {
    std::vector<double> edges;
    for (int i = 0; i <= 40; ++i) edges.push_back(r_max * std::pow(i / 40.0, 1.5));
    GaussPanels const space(edges);
    GaussPanels const momenta({0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0});
    Eigen::ArrayXd const& r = space.r();
    Eigen::Index const n = momenta.r().size();
    Eigen::ArrayXd q(n + 1);  // k last
    q << momenta.r(), k;

    Eigen::ArrayXXd u(r.size(), r.size());
    potential.fill(r, r, u);
    Eigen::MatrixXd const sines =
        ((q.matrix() * r.matrix().transpose()).array().sin().rowwise() * (r * space.weights()).transpose()).matrix();
    Eigen::MatrixXd const w = 4.0 * units::pi * two_mu * (sines * u.matrix() * sines.transpose());

    Eigen::ArrayXd const propagator = 2.0 / units::pi * momenta.weights() / (k * k - q.head(n).square());
    // P int_0^Q dq/(k^2 - q^2) = ln((Q + k)/(Q - k))/(2k), less what the nodes make of it.
    double const at_pole = std::log((momenta.end() + k) / (momenta.end() - k)) / (units::pi * k) - propagator.sum();
    Eigen::MatrixXd system = Eigen::MatrixXd::Identity(n + 1, n + 1);
    system.leftCols(n) -= (w.leftCols(n).array().rowwise() * propagator.transpose()).matrix();
    system.col(n) -= w.col(n) * at_pole;
    Eigen::VectorXd const k_matrix = system.partialPivLu().solve(w.col(n));
    return -k_matrix[n] / k;
}

}  // namespace hadronforce::testing
