#include "hadronforce/scattering/nonlocal_solver.hpp"

#include "hadronforce/error.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace hadronforce {

Eigen::MatrixXd NonlocalSolver::threshold_green(Eigen::MatrixXd const& functions) const {
    // -min(r, r')
    Eigen::ArrayXd const& r = panels_.r();
    Eigen::MatrixXd const below = panels_.integrals_to_nodes((functions.array().colwise() * r).matrix());
    Eigen::RowVectorXd const whole = panels_.weights().matrix().transpose() * functions;
    Eigen::MatrixXd const above = (-panels_.integrals_to_nodes(functions)).rowwise() + whole;
    return -(below.array() + above.array().colwise() * r).matrix();
}

Eigen::MatrixXd NonlocalSolver::decaying_green(double kappa, Eigen::MatrixXd const& functions) const {
    // -sinh(kappa r<) exp(-kappa r>)/kappa, integrated separately below and above r_i.
    Eigen::ArrayXd const& r = panels_.r();
    Eigen::MatrixXd green = panels_.cumulative();
    auto const kernel = [kappa](double lower, double upper) {
        return std::exp(kappa * (lower - upper)) * std::expm1(-2.0 * kappa * lower) / (2.0 * kappa);
    };
    for (Eigen::Index j = 0; j < r.size(); ++j)
        for (Eigen::Index i = 0; i < r.size(); ++i) {
            double const below = green(i, j);
            double const above = panels_.weights()[j] - below;
            // Far from the diagonal one of them is zero, and the kernel of the other side would overflow.
            green(i, j) =
                (below != 0.0 ? below * kernel(r[j], r[i]) : 0.0) + (above != 0.0 ? above * kernel(r[i], r[j]) : 0.0);
        }
    return green * functions;
}

Eigen::MatrixXd NonlocalSolver::green_below_threshold(double kappa, Eigen::MatrixXd const& functions) const {
    if (interaction_.two_eta_k != 0.0)
        return charged_green(waves_below_threshold(interaction_.two_eta_k, kappa, panels_.r()), functions);
    return kappa == 0.0 ? threshold_green(functions) : decaying_green(kappa, functions);
}

Eigen::MatrixXd NonlocalSolver::charged_green(WavesBelowThreshold const& waves,
                                              Eigen::MatrixXd const& functions) const {
    Eigen::MatrixXd green = panels_.cumulative();
    auto const kernel = [&](Eigen::Index lower, Eigen::Index upper) {
        return -std::ldexp(waves.regular[lower] * waves.decaying[upper],
                           waves.regular_exponent[lower] + waves.decaying_exponent[upper]);
    };
    for (Eigen::Index j = 0; j < green.cols(); ++j)
        for (Eigen::Index i = 0; i < green.rows(); ++i) {
            double const below = green(i, j);
            double const above = panels_.weights()[j] - below;
            green(i, j) = (below != 0.0 ? below * kernel(j, i) : 0.0) + (above != 0.0 ? above * kernel(i, j) : 0.0);
        }
    return green * functions;
}

void NonlocalSolver::factorise_symmetrically() {
    // With the roots of the weights on both sides the interaction is symmetric: F diag(signs) F^T.
    Eigen::ArrayXd const root_weight = panels_.weights().sqrt();
    Eigen::MatrixXd const left = left_.array().colwise() * root_weight;
    Eigen::MatrixXd const right = right_.array().colwise() / root_weight;
    Eigen::MatrixXd const basis =
        left.householderQr().householderQ() * Eigen::MatrixXd::Identity(left.rows(), left.cols());
    Eigen::MatrixXd const within = (basis.transpose() * left) * (right.transpose() * basis);
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const spectrum(0.5 * (within + within.transpose()));
    Eigen::ArrayXd const values = spectrum.eigenvalues().array();
    symmetric_ = basis * spectrum.eigenvectors() * values.abs().sqrt().matrix().asDiagonal();
    deepest_ = std::sqrt(std::max(0.0, -values.minCoeff()));
    signs_ = (values > 0.0).select(Eigen::ArrayXd::Ones(values.size()), -1.0);
}

int NonlocalSolver::states_deeper_than(double kappa) const {
    // The number of eigenvalues of the Hamiltonian A^-1 + F signs F^T below -kappa^2/two_mu, A = -Green: by
    // Haynsworth's inertia of the block matrix [A^-1, F; F^T, -signs] it is n_+(signs + F^T A F) - n_+(signs), and the
    // number of negative eigenvalues of A^-1, levels of the charges alone.
    Eigen::ArrayXd const root_weight = panels_.weights().sqrt();
    Eigen::MatrixXd const green = green_below_threshold(kappa, (symmetric_.array().colwise() / root_weight).matrix());
    Eigen::MatrixXd inertia = -symmetric_.transpose() * (green.array().colwise() * root_weight).matrix();
    inertia.diagonal().array() += signs_;
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const spectrum(0.5 * (inertia + inertia.transpose()),
                                                                  Eigen::EigenvaluesOnly);
    int const own_levels =
        interaction_.two_eta_k < 0.0 ? static_cast<int>(std::ceil(-0.5 * interaction_.two_eta_k / kappa)) - 1 : 0;
    return own_levels + static_cast<int>((spectrum.eigenvalues().array() > 0.0).count() - (signs_ > 0.0).count());
}

double NonlocalSolver::fredholm_determinant(double kappa) const {
    Eigen::MatrixXd system;
    double factor = 1.0;
    if (interaction_.two_eta_k < 0.0) {
        auto const waves = waves_below_threshold(interaction_.two_eta_k, kappa, panels_.r());
        system = -right_.transpose() * charged_green(waves, left_);
        factor = waves.wronskian;
    } else {
        system = -right_.transpose() * green_below_threshold(kappa, left_);
    }
    system.diagonal().array() += 1.0;
    return factor * system.partialPivLu().determinant();
}

void NonlocalSolver::add_binding_momenta(double low, int deeper_than_low, double high, int deeper_than_high,
                                         std::vector<double>& momenta) const {
    int const states = deeper_than_low - deeper_than_high;
    if (states == 0) return;
    if (states == 1) {
        std::uintmax_t iterations = 100;
        auto const bracket =
            boost::math::tools::toms748_solve([this](double kappa) { return fredholm_determinant(kappa); }, low, high,
                                              boost::math::tools::eps_tolerance<double>(50), iterations);
        momenta.push_back(0.5 * (bracket.first + bracket.second));
        return;
    }
    // Off the middle where charges attract: thirds and quarters of what they begin with are levels of their own.
    double const share = interaction_.two_eta_k < 0.0 ? 0.5137 : 0.5;
    double const middle = low + share * (high - low);
    if (middle == low || middle == high) throw ConvergenceError("bound states too close to be told apart");
    int const deeper_than_middle = states_deeper_than(middle);
    add_binding_momenta(middle, deeper_than_middle, high, deeper_than_high, momenta);
    add_binding_momenta(low, deeper_than_low, middle, deeper_than_middle, momenta);
}

double NonlocalSolver::least_binding_momentum(int charged_levels) const {
    return std::max(0.0, -0.5 * interaction_.two_eta_k) / (charged_levels + 0.5);
}

std::vector<double> NonlocalSolver::binding_momenta(int charged_levels) const {
    std::vector<double> momenta;
    double const least = least_binding_momentum(charged_levels);
    int const states = least > 0.0 ? states_deeper_than(least) : bound_states_;
    if (states == 0) return momenta;
    // A lone state changes the sign of the determinant, which needs no eigenvalues.
    auto const is_above_all = [&](double kappa) {
        return states == 1 && least == 0.0 ? fredholm_determinant(kappa) > 0.0 : states_deeper_than(kappa) == 0;
    };
    // No state lies below the lowest eigenvalues of the interaction and of the charges together.
    double const highest = 1.001 * std::hypot(deepest_, std::max(0.0, -0.5 * interaction_.two_eta_k));
    double high = std::min(std::max(2.0 * least, 1.0 / panels_.end()), highest);
    while (!is_above_all(high)) {
        if (high == highest)
            throw ConvergenceError(
                "the bound states are too deep for the panels of the interaction; is it meant to be so strong?");
        high = std::min(2.0 * high, highest);
    }
    add_binding_momenta(least, states, high, 0, momenta);
    return momenta;
}

}  // namespace hadronforce
