#pragma once

#include "hadronforce/interaction/kernel_network.hpp"
#include "hadronforce/lattice/kernel_fits.hpp"
#include "hadronforce/lattice/resampling.hpp"
#include "hadronforce/lattice/seen_kernel.hpp"
#include "hadronforce/lattice/waves_file.hpp"

#include <optional>
#include <string>

namespace hadronforce {

inline constexpr std::int64_t potential_format_version = 2;

/// The same kernel fitted to each resampling sample.
struct KernelSamples {
    Resampling::Kind kind = Resampling::Kind::jackknife;
    KernelFits fits;
    RowMatrixXd effective_coefficients;  ///< samples x terms, effective_local_coefficients; on every rank
};

/// A fitted kernel.
struct FittedKernel {
    KernelUnits units;
    KernelNetwork network;  ///< with the parameters of the best start
    KernelFits starts;      ///< of the mean; empty in files of format 1
    std::optional<KernelSamples> samples;
    Eigen::VectorXd effective_coefficients;  ///< effective_local_coefficients of the mean; empty in files of format 1
    std::optional<KernelWaves> waves;        ///< that it was fitted to, as read_fitted_kernel finds them
};

/// integral d^3r' U(r, r') psi(r') / psi(r): the local potential that acts on a wave as the kernel does; radii x waves.
Eigen::MatrixXd effective_local(KernelNetwork const& network, KernelFitData const& data);

/// (1 - P) U (1 - P) on the radii of the data, P the projector on the waves: what no wave has seen of the kernel, the
/// network's own extrapolation. Directions in which the waves reach less than `residual` times their largest count as
/// unseen.
struct UnseenKernel {
    Eigen::MatrixXd U;
    double fraction;  ///< of the integral of U^2 over both radii, its root
};
UnseenKernel unseen_kernel(KernelNetwork const& network, KernelFitData const& data, double residual);

/// What the file says beside the kernel.
struct KernelFitReport {
    std::string wave_axis;       ///< "momentum" or "t"
    std::string wave_unit;       ///< of wave_values
    Eigen::ArrayXd wave_values;  ///< momenta or time slices
    std::string how_it_ended;
    std::int64_t seed = 0;
    std::optional<double> chi2_per_point;
    Eigen::VectorXd offsets;  ///< of the waves, most likely ones
    /// With samples: effective_local of those this rank holds, one a row of (waves x radii).
    IndexRange own_samples;
    RowMatrixXd effective_local_of_samples;
};

/// Collective. A file of kind "potential": the network, U(r, r') on the radii of the data, effective local potentials,
/// residuals, learning curve, and samples where there are any.
void write_fitted_kernel(Communicator const& comm, std::string const& path, FittedKernel const& kernel,
                         KernelFitData const& data, KernelFitReport const& report, std::string const& config);
/// Collective. Throws InputError as read_waves.
FittedKernel read_fitted_kernel(Communicator const& comm, std::string const& path);

}  // namespace hadronforce
