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

std::vector<double> NonlocalSolver::sturm_eigenvalues(double kappa) const {
    Eigen::MatrixXd const product = right_.transpose() * (kappa == 0.0 ? threshold_green() : decaying_green(kappa));
    Eigen::VectorXcd const eigenvalues = product.eigenvalues();
    std::vector<double> values;
    // The product is similar to a symmetric operator: real but for rounding.
    for (auto const& value : eigenvalues) values.push_back(value.real());
    std::sort(values.rbegin(), values.rend());
    return values;
}

int NonlocalSolver::states_deeper_than(double kappa) const {
    // By Sylvester's law of inertia this is the number of eigenvalues of the Hamiltonian below -kappa^2/two_mu.
    auto const values = sturm_eigenvalues(kappa);
    return static_cast<int>(std::count_if(values.begin(), values.end(), [](double value) { return value > 1.0; }));
}

std::vector<double> NonlocalSolver::binding_momenta() const {
    int const states = states_deeper_than(0.0);
    std::vector<double> momenta;
    double high = 1.0 / panels_.end();
    while (states_deeper_than(high) > 0) high *= 2.0;
    for (int i = 0; i < states; ++i) {
        // The largest eigenvalue passes 1 at the deepest state, and so on.
        auto const excess = [&](double kappa) { return sturm_eigenvalues(kappa)[static_cast<std::size_t>(i)] - 1.0; };
        std::uintmax_t iterations = 100;
        auto const bracket = boost::math::tools::toms748_solve(
            excess, 0.0, high, boost::math::tools::eps_tolerance<double>(48), iterations);
        momenta.push_back(0.5 * (bracket.first + bracket.second));
    }
    return momenta;
}

}  // namespace hadronforce
