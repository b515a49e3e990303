#pragma once

#include "hadronforce/lattice/kernel_fit.hpp"
#include "hadronforce/storage/file.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// What a correlator and a fit to it say in bins of r: the potential target/wave of each slice, and how far it lies
/// from the fit. Slice by slice, bins fastest; MeV.
struct BinnedPotential {
    Eigen::RowVectorXd data;
    Eigen::RowVectorXd residual;  ///< data minus fit minus the slice's offset
};

/// Means over bins of `width_fm`, with the weights of the fit; bins without a radius are left out. `settings`: of the
/// fit, for the offsets.
BinnedPotential binned_potential(KernelNetwork const& network, KernelFitData const& data,
                                 KernelFitSettings const& settings, double width_fm);

/// How well a fit describes its data, as correlated as they are.
struct FitQuality {
    double chi2 = 0.0;        ///< of the mean's residuals, with the shrunk covariance C of the data
    double expected = 0.0;    ///< what the noise alone makes it: tr(C^-1 Cov(residual, residual))
    double points = 0.0;      ///< what it would be if nothing were fitted, tr(C^-1 Cov(data, data)): independent points
    double parameters = 0.0;  ///< what the fit takes of them, tr(C^-1 Cov(fit, data)) (Efron 2004)

    /// Akaike's criterion for models of different data; chi^2 is divided by `misfit`.
    double aic(double misfit = 1.0) const { return chi2 / misfit + 2.0 * parameters - 2.0 * points; }
};

/// `mean`: residuals of the mean. `data`, `residuals`: deviations of each bin of configurations from the mean over bins
/// (bin_deviations), bins x points. The covariance is that of the data, its correlations shrunk towards none by the
/// part that minimises the expected squared error (Schaefer and Strimmer 2005, eq. 10, with the variance of a
/// correlation for Gaussian noise, (1 - r^2)^2/(bins - 1)). A covariance of few bins makes chi^2 too large; it is
/// divided by how much larger the residuals of a bin are with the covariance of the others than with that of all.
/// `floor`: error of each point that is not noise, in C beside it. Not collective. Throws InputError for fewer than
/// four bins, or points that do not vary.
FitQuality fit_quality(Eigen::RowVectorXd const& mean, RowMatrixXd const& data, RowMatrixXd const& residuals,
                       double floor = 0.0);

/// How much larger chi^2 is than noise makes it in the model where that is least, at least 1: what no model describes,
/// like effects of a lattice that all share, must not decide between them.
double least_misfit(std::vector<FitQuality> const& models);

/// Weights of models, sum one: exp(-aic(least_misfit)/2), zero where aic is not finite. Throws InputError where none
/// is.
Eigen::VectorXd akaike_weights(std::vector<FitQuality> const& models);

}  // namespace hadronforce
