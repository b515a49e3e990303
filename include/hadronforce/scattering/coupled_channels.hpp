#pragma once

#include "hadronforce/interaction/local_potential.hpp"

#include <Eigen/Core>

#include <complex>
#include <memory>
#include <optional>
#include <vector>

namespace hadronforce {

/// One of the pairs that turn into each other.
struct Channel {
    double reduced_mass_MeV;
    double threshold_MeV;  ///< sum of its masses less that of the first channel's
    int orbital = 0;       ///< l
    double charge_product = 0.0;
};

/// A symmetric matrix of local potentials V_ij(r), each real or complex; an absorptive one has a negative imaginary
/// part. Entries that nobody set are zero.
class PotentialMatrix {
  public:
    static constexpr int most_channels = 6;

    /// Throws InputError unless 1 <= channels <= most_channels.
    explicit PotentialMatrix(int channels);

    /// Sets V_ij = V_ji. `imaginary` in MeV too, null where there is none.
    void set(int i, int j, std::shared_ptr<LocalPotential const> real,
             std::shared_ptr<LocalPotential const> imaginary = nullptr);

    int channels() const noexcept { return channels_; }
    bool is_complex() const noexcept;
    /// Whether any entry has knots.
    bool has_knots() const noexcept;
    /// Null where the entry is zero.
    LocalPotential const* real(int i, int j) const;
    LocalPotential const* imaginary(int i, int j) const;

  private:
    struct Entry {
        std::shared_ptr<LocalPotential const> real;
        std::shared_ptr<LocalPotential const> imaginary;
    };
    int channels_;
    std::vector<Entry> entries_;
};

/// The first of radii up to 20 fm where an imaginary part creates pairs: where that of V has an eigenvalue above 1e-9
/// of its largest. None where it absorbs everywhere, or V is real.
std::optional<double> radius_of_emission(PotentialMatrix const& potential);

/// What goes out where a wave comes in through the first channel.
struct CoupledScattering {
    /// S_11, beside the phases of the point charges; |S_11| = 1 where nothing else is open and nothing absorbed.
    Eigen::ArrayXcd s11;
    /// S of the open channels in the order of all, one a momentum; symmetric, for real potentials unitary.
    std::vector<Eigen::MatrixXcd> s_matrix;
    std::vector<std::vector<int>> open_channels;
    Eigen::ArrayXd delta_rad;     ///< of S_11 = eta exp(2i delta); first in (-pi/2, pi/2], then continuous
    Eigen::ArrayXd inelasticity;  ///< eta; exactly 1 where no other channel is open and V is real
    /// -f at the threshold of the first channel; only where that has l = 0 and no charge. Exactly real where no other
    /// channel is open there and V is real.
    std::optional<std::complex<double>> scattering_length_fm;
    double error_estimate;  ///< of the entries of S
};

/// S at momenta of the first channel. Non-relativistic, E = k_j^2/(2 mu_j) + threshold_j for every channel. To
/// `tolerance` (1e-10 to 1e-2) in the entries of S. Throws InputError for bad momenta, channels or potentials, and
/// ConvergenceError where the finest grid is not fine enough.
CoupledScattering scatter_coupled(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                                  Eigen::ArrayXd const& k_star_MeV, double tolerance = 1e-8);

}  // namespace hadronforce
