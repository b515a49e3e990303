#include "hadronforce/interaction/tabulated_kernel.hpp"

#include "hadronforce/error.hpp"
#include "interaction/rational_interpolation.hpp"

#include <cmath>
#include <string>
#include <utility>

namespace hadronforce {
namespace {

constexpr double most_asymmetry = 1e-10;

void check(Eigen::ArrayXd const& r, Eigen::MatrixXd const& u, int order) {
    auto const at = [](Eigen::Index i, Eigen::Index j) {
        return "U[" + std::to_string(i) + "][" + std::to_string(j) + "]";
    };
    Eigen::Index const n = r.size();
    if (order < 1 || order > TabulatedKernel::highest_order)
        throw InputError("the interpolation's order must lie between 1 and " +
                         std::to_string(TabulatedKernel::highest_order));
    if (n <= order)
        throw InputError("has " + std::to_string(n) + " radii; interpolation of order " + std::to_string(order) +
                         " needs at least " + std::to_string(order + 1));
    if (u.rows() != n || u.cols() != n)
        throw InputError("U has shape " + std::to_string(u.rows()) + " x " + std::to_string(u.cols()) + " with " +
                         std::to_string(n) + " radii; it needs one row and one column for each");
    if (!r.isFinite().all()) throw InputError("has a radius that is not finite");
    if (r[0] < 0.0) throw InputError("has a negative radius");
    for (Eigen::Index i = 1; i < n; ++i)
        if (r[i] <= r[i - 1]) throw InputError("radii must increase; r[" + std::to_string(i) + "] does not");
    for (Eigen::Index j = 0; j < n; ++j)
        for (Eigen::Index i = 0; i < n; ++i)
            if (!std::isfinite(u(i, j))) throw InputError(at(i, j) + " is not finite");
    Eigen::Index i = 0, j = 0;
    if ((u - u.transpose()).cwiseAbs().maxCoeff(&i, &j) > most_asymmetry * u.cwiseAbs().maxCoeff())
        throw InputError("U must be symmetric; " + at(i, j) + " differs from " + at(j, i));
}

}  // namespace

TabulatedKernel::TabulatedKernel(Eigen::ArrayXd r, Eigen::MatrixXd const& u, int order) : r_(std::move(r)) {
    check(r_, u, order);
    u_ = 0.5 * (u + u.transpose());
    weights_ = rational_weights(r_, order);
    if (has_pole_between_nodes(r_, weights_)) throw InputError("has radii too uneven to interpolate; lower the order");
}

Eigen::MatrixXd TabulatedKernel::interpolation(Eigen::Ref<Eigen::ArrayXd const> const& radii) const {
    double const lowest = extrapolates_to_origin() ? 0.0 : r_[0];
    Eigen::MatrixXd rows = rational_interpolation(r_, weights_, radii.max(lowest));
    for (Eigen::Index i = 0; i < radii.size(); ++i)
        if (radii[i] > range(0.0)) rows.row(i).setZero();
    return rows;
}

void TabulatedKernel::fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
                           Eigen::Ref<Eigen::ArrayXXd> u) const {
    Eigen::MatrixXd const right = u_ * interpolation(r_prime).transpose();
    u = (interpolation(r) * right).array();
}

std::vector<double> TabulatedKernel::kinks() const {
    return extrapolates_to_origin() ? std::vector<double>{} : std::vector<double>{r_[0]};
}

}  // namespace hadronforce
