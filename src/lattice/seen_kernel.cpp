#include "hadronforce/lattice/seen_kernel.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"
#include "lattice/logarithmic_polynomials.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>

namespace hadronforce {
SeenKernel::SeenKernel(KernelNetwork network, KernelWaves const& waves) : network_(std::move(network)) {
    auto const& settings = network_.settings();
    double const cut = settings.cut;
    if (waves.values.rows() != waves.r.size() || waves.values.cols() < 1 || !waves.values.allFinite() ||
        waves.values.isZero(0.0) || !waves.r.isFinite().all())
        throw InputError("the waves of the fit do not fit together");
    Eigen::Index const inside = (waves.r < cut).count();
    Eigen::Index const terms = std::clamp<Eigen::Index>(inside / 3, 1, 40);
    Eigen::MatrixXd const of_waves = logarithmic_polynomials(settings, waves.r.head(inside), terms)
                                         .colPivHouseholderQr()
                                         .solve(waves.values.topRows(inside));
    GaussPanels const panels({0.0, 0.05 * cut, 0.25 * cut, cut});
    nodes_ = panels.r();
    Eigen::ArrayXd const volume = 4.0 * units::pi * nodes_.square() * panels.weights();
    Eigen::MatrixXd const weighted =
        (logarithmic_polynomials(settings, nodes_, terms) * of_waves).array().colwise() * volume.sqrt();
    Eigen::JacobiSVD<Eigen::MatrixXd> const svd(weighted, Eigen::ComputeThinU | Eigen::ComputeThinV);
    Eigen::VectorXd const sizes = svd.singularValues();
    Eigen::Index const seen = std::max<Eigen::Index>(1, (sizes.array() > waves.residual * sizes[0]).count());
    coefficients_ = of_waves * svd.matrixV().leftCols(seen) * sizes.head(seen).cwiseInverse().asDiagonal();
    Eigen::MatrixXd const at_nodes = directions(nodes_);
    sources_ = (at_nodes.array().colwise() * volume).matrix();
    elements_ = sources_.transpose() * acted(nodes_);
}

Eigen::MatrixXd SeenKernel::directions(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    auto const& settings = network_.settings();
    Eigen::ArrayXd const inside = (r < settings.cut).cast<double>();
    return (logarithmic_polynomials(settings, r, coefficients_.rows()) * coefficients_).array().colwise() * inside;
}

Eigen::MatrixXd SeenKernel::acted(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    Eigen::ArrayXXd u(r.size(), nodes_.size());
    network_.fill(r, nodes_, u);
    return u.matrix() * sources_;
}

void SeenKernel::fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
                      Eigen::Ref<Eigen::ArrayXXd> u) const {
    Eigen::MatrixXd const left = directions(r), right = directions(r_prime);
    u = (left * acted(r_prime).transpose() + (acted(r) - left * elements_) * right.transpose()).array();
}

}  // namespace hadronforce
