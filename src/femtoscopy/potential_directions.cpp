#include "hadronforce/femtoscopy/potential_directions.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>

#include <cmath>

namespace hadronforce {

Eigen::MatrixXd PotentialPrior::covariance_MeV2(Eigen::ArrayXd const& r_fm, Eigen::ArrayXd const& v_MeV) const {
    Eigen::ArrayXd const deviation = ((relative * v_MeV).square() + amplitude_MeV * amplitude_MeV).sqrt();
    Eigen::Index const n = r_fm.size();
    if (correlation_fm == 0.0) {
        double const spacing_fm = n > 1 ? r_fm[1] - r_fm[0] : 2.0 * r_fm[0];
        return (deviation.square() / spacing_fm).matrix().asDiagonal();
    }
    Eigen::MatrixXd covariance(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j) {
            double const distance = (r_fm[i] - r_fm[j]) / correlation_fm;
            covariance(i, j) = deviation[i] * deviation[j] * std::exp(-0.5 * distance * distance);
        }
    return covariance;
}

PotentialDirections potential_directions(Eigen::MatrixXd const& gradient_per_MeV,
                                         Eigen::MatrixXd const& covariance_MeV2, Eigen::ArrayXd const& error) {
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const prior(covariance_MeV2);
    Eigen::MatrixXd const root =
        prior.eigenvectors() * prior.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal().toDenseMatrix();
    Eigen::MatrixXd const response = gradient_per_MeV * root;
    Eigen::BDCSVD<Eigen::MatrixXd> const svd(error.inverse().matrix().asDiagonal() * response,
                                             Eigen::ComputeThinU | Eigen::ComputeThinV);
    PotentialDirections directions;
    directions.signal_to_noise = svd.singularValues();
    directions.delta_v_MeV = root * svd.matrixV();
    directions.delta_correlation = response * svd.matrixV();
    for (Eigen::Index d = 0; d < directions.delta_v_MeV.cols(); ++d) {
        Eigen::Index largest = 0;
        directions.delta_v_MeV.col(d).cwiseAbs().maxCoeff(&largest);
        if (directions.delta_v_MeV(largest, d) > 0.0) continue;
        directions.delta_v_MeV.col(d) *= -1.0;
        directions.delta_correlation.col(d) *= -1.0;
    }
    return directions;
}

}  // namespace hadronforce
