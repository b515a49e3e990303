#pragma once

#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/lattice/resampling.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// How a registered form is fitted to a local potential.
struct PotentialFitSettings {
    std::string form;
    PotentialParameters start;       ///< all parameters: where the fit starts, or stays for fixed ones
    std::vector<std::string> fixed;  ///< what is not fitted: keys, or entries of lists ("ranges_fm[2]")
    double reduced_mass_MeV = 0.0;
    /// Whether chi^2 uses the covariance of the points, (1 - shrinkage) C + shrinkage diag(C), or their variances
    /// alone.
    bool is_correlated = false;
    double shrinkage = 0.0;
    /// Added in quadrature to the error of each point: what the form cannot follow (points of equal |r| on different
    /// orbits differ by lattice artefacts), or what few samples do not determine.
    double error_floor_MeV = 0.0;
    int largest_evaluations = 20000;  ///< of the form, in one fit
};

/// Of chi^2 over degrees of freedom: beyond this a form is not where the data are. Points of one t share noise, so that
/// values somewhat above 1 say little.
constexpr double largest_chi2_per_dof = 10.0;

struct PotentialFit {
    std::vector<std::string> names;  ///< of the fitted parameters, "strengths_MeV[0]"
    IndexRange samples;              ///< those of this rank
    RowMatrixXd of_sample;           ///< own samples x parameters
    MeanAndError result;             ///< over samples, on every rank
    PotentialParameters of_mean;     ///< all parameters, fitted to the mean potential
    double chi2 = 0.0;               ///< of that fit
    std::int64_t degrees_of_freedom = 0;

    double chi2_per_dof() const { return chi2 / static_cast<double>(degrees_of_freedom); }
    bool follows_the_data() const { return chi2_per_dof() <= largest_chi2_per_dof; }
};

/// Collective. Fits the mean potential and, starting from there, each sample, all with one covariance.
/// `r_fm`, `mean_MeV`: the points; `own_MeV`: this rank's consecutive samples x points; `samples` in all. Equal to the
/// bit for any number of ranks. Throws InputError for points that do not determine the fit or its covariance, and
/// ConvergenceError naming the sample whose fit did not converge.
PotentialFit fit_potential(Communicator const& comm, PotentialFitSettings const& settings, Resampling::Kind kind,
                           std::int64_t samples, Eigen::ArrayXd const& r_fm, Eigen::ArrayXd const& mean_MeV,
                           IndexRange own, RowMatrixXd const& own_MeV);

/// Collective. The fitted form at any radii: mean and error over the samples' parameters, on every rank.
MeanAndError fitted_curve_MeV(Communicator const& comm, PotentialFitSettings const& settings, Resampling::Kind kind,
                              std::int64_t samples, PotentialFit const& fit, Eigen::ArrayXd const& r_fm);

}  // namespace hadronforce
