#include "hadronforce/scattering/nonlocal_solver.hpp"

#include "hadronforce/error.hpp"

#include <Eigen/Eigenvalues>
#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace hadronforce {

Eigen::MatrixXd NonlocalSolver::threshold_green() const {
    // -min(r, r')
    Eigen::ArrayXd const& r = panels_.r();
    Eigen::MatrixXd const below = panels_.integrals_to_nodes((left_.array().colwise() * r).matrix());
    Eigen::RowVectorXd const whole = panels_.weights().matrix().transpose() * left_;
    Eigen::MatrixXd const above = (-panels_.integrals_to_nodes(left_)).rowwise() + whole;
    return -(below.array() + above.array().colwise() * r).matrix();
}

Eigen::MatrixXd NonlocalSolver::decaying_green(double kappa) const {
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
    return green * left_;
}

Eigen::MatrixXd NonlocalSolver::bound_state_operator(double kappa) const {
    return right_.transpose() * (kappa == 0.0 ? threshold_green() : decaying_green(kappa));
}

int NonlocalSolver::states_deeper_than(double kappa) const {
    // By Sylvester's law of inertia this is the number of eigenvalues of the Hamiltonian below -kappa^2/two_mu. The
    // operator is similar to a symmetric one: its eigenvalues are real but for rounding.
    Eigen::VectorXcd const eigenvalues = bound_state_operator(kappa).eigenvalues();
    return static_cast<int>(
        std::count_if(eigenvalues.begin(), eigenvalues.end(), [](auto const& value) { return value.real() > 1.0; }));
}

double NonlocalSolver::fredholm_determinant(double kappa) const {
    Eigen::MatrixXd system = -bound_state_operator(kappa);
    system.diagonal().array() += 1.0;
    return system.partialPivLu().determinant();
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
    double const middle = 0.5 * (low + high);
    if (middle == low || middle == high) throw ConvergenceError("bound states too close to be told apart");
    int const deeper_than_middle = states_deeper_than(middle);
    add_binding_momenta(middle, deeper_than_middle, high, deeper_than_high, momenta);
    add_binding_momenta(low, deeper_than_low, middle, deeper_than_middle, momenta);
}

std::vector<double> NonlocalSolver::binding_momenta() const {
    std::vector<double> momenta;
    if (bound_states_ == 0) return momenta;
    // A lone state changes the sign of the determinant, which needs no eigenvalues.
    auto const is_above_all = [&](double kappa) {
        return bound_states_ == 1 ? fredholm_determinant(kappa) > 0.0 : states_deeper_than(kappa) == 0;
    };
    double high = 1.0 / panels_.end();
    while (!is_above_all(high)) high *= 2.0;
    add_binding_momenta(0.0, bound_states_, high, 0, momenta);
    return momenta;
}

}  // namespace hadronforce
