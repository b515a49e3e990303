#pragma once

#include "hadronforce/lattice/distinct_radii.hpp"
#include "hadronforce/lattice/kernel_fit.hpp"
#include "hadronforce/lattice/leading_order_potential.hpp"

namespace hadronforce {

/// What a kernel is fitted to. MeV and fm.
struct CorrelatorFitSettings {
    LeadingOrderSettings equation;  ///< time slices, stencils, masses
    double cut_fm = 0.0;            ///< U(r, r') = 0 beyond: only radii below it enter
    bool inverse_variance = true;   ///< weights from the errors of target/wave instead of norm_weights
    double error_floor = 1e-4;  ///< with inverse variances: part of the potential's size added to each point's error
    bool offsets = true;        ///< with inverse variances: whether noise may shift the potential of a slice
};

/// A correlator as the data of a kernel fit: waves R(t, r), one a time slice, and targets {c d^2/dt^2 - d/dt - H0} R in
/// MeV, point by point with the 3-D Laplacian; then points of equal |r|, which U cannot tell apart, share a radius.
class CorrelatorFitData {
  public:
    /// Collective. Weights and the covariance of offsets are those of the mean for all samples. With inverse variances
    /// the error of a point is that of target/wave, in which noise that all points share cancels, without the offset
    /// of its slice, and averaged over points within one lattice spacing, so that few samples suffice. Throws
    /// InputError where slices are missing, the cut is less than two lattice spacings, the cut exceeds the farthest
    /// site, a sample lies so far from all others that it is no noise, or a point has no error where inverse variances
    /// are asked for.
    CorrelatorFitData(Communicator const& comm, CorrelatorFile const& file, CorrelatorFitSettings const& settings);

    KernelFitData const& mean() const noexcept { return mean_; }
    /// Collective over the file's ranks. The data of the one sample in `which`, each rank its own; a rank whose range
    /// is empty gets the mean's.
    KernelFitData sample(CorrelatorFile const& file, IndexRange which) const;

    /// Points (t, orbit) below the cut.
    std::int64_t points() const noexcept { return points_; }
    /// chi^2 of a fit with inverse variances whose loss, without l2 and penalty, is `data_loss`: the sum over all
    /// points, those of equal |r| taken one by one.
    double chi2(double data_loss) const noexcept { return data_loss + chi2_of_spread_; }
    /// What error_floor adds to the error of each point; 0 without inverse variances.
    double error_floor_MeV() const noexcept { return error_floor_MeV_; }

  private:
    struct Averages {
        Eigen::MatrixXd waves, targets;
    };
    Averages average(CorrelatorFile const& file, Eigen::Ref<Eigen::RowVectorXd const> const& R) const;
    Eigen::RowVectorXd point_targets(CorrelatorFile const& file, Eigen::Ref<Eigen::RowVectorXd const> const& R) const;
    /// target/wave at each point, 1 x (slices x orbits): the potential that slice sees there, MeV.
    Eigen::RowVectorXd point_potentials(CorrelatorFile const& file,
                                        Eigen::Ref<Eigen::RowVectorXd const> const& R) const;
    void weigh_by_errors(Communicator const& comm, CorrelatorFile const& file, Eigen::RowVectorXd const& R,
                         RowMatrixXd const& own_R);

    CorrelatorFitSettings settings_;
    CubicLaplacian laplacian_;
    DistinctRadii radii_;
    Eigen::ArrayXXd point_weights_;  ///< orbits x slices, of the points that share a radius
    KernelFitData mean_;
    std::int64_t points_ = 0;
    double chi2_of_spread_ = 0.0;
    double error_floor_MeV_ = 0.0;
};

/// Throws InputError for a cut beyond the farthest site, or one that leaves too few radii. Not collective.
void check_cut(CorrelatorFile const& file, double cut_fm);

}  // namespace hadronforce
