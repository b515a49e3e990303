#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/scattering/coupled_channels.hpp"

#include <Eigen/Core>

#include <memory>
#include <vector>

namespace hadronforce {

/// How the pairs of one channel are produced.
struct ChannelSource {
    Source const* source;
    double weight = 1.0;  ///< omega_j, their number beside that of the observed channel's; that one's is 1
};

/// C(k*) of the first of some coupled channels, and what goes on between them.
struct CoupledCorrelationResult {
    Eigen::ArrayXd correlation;     ///< C at each k*
    Eigen::ArrayXXd contributions;  ///< channels by momenta, C = their sum: that of pairs produced in each channel
    CoupledScattering scattering;
    double error_estimate;  ///< of C relative to max(1, C) and of S, largest over k*
    int grid_points;        ///< radial points of the finest grid that was needed
};

/// C(k) = sum_j omega_j integral d^3r S_j(r) |Psi_j^(-)(k, r)|^2 (Lednicky, Lyuboshits, Lyuboshits, Phys. At. Nucl. 61
/// (1998) 2950; Haidenbauer, Nucl. Phys. A 981 (2019) 1; Kamiya et al., Phys. Rev. Lett. 124 (2020) 132501), Psi^(-)
/// the wave that is observed in channel 1. All channels interact in one partial wave l; the others are free in channel
/// 1, or those of point charges. Keeps tables for its momenta between calls; one object a thread.
class CoupledCorrelationSolver {
  public:
    /// `tolerance`: largest error of C relative to max(1, C), 1e-10 to 1e-2. Throws InputError for bad channels,
    /// momenta or tolerances, and for channels of different l.
    CoupledCorrelationSolver(std::vector<Channel> channels, Eigen::ArrayXd k_star_MeV, double tolerance = 1e-6);
    ~CoupledCorrelationSolver();
    CoupledCorrelationSolver(CoupledCorrelationSolver&&) noexcept;
    CoupledCorrelationSolver& operator=(CoupledCorrelationSolver&&) noexcept;

    /// One source a channel. Throws InputError for bad potentials (scatter_coupled), negative weights, a first weight
    /// other than 1, and sources that matter beyond 20,000 fm; ConvergenceError where the finest grid does not reach
    /// the tolerance.
    CoupledCorrelationResult solve(PotentialMatrix const& potential, std::vector<ChannelSource> const& sources);

  private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace hadronforce
