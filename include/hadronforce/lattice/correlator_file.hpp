#pragma once

#include "hadronforce/lattice/cubic_orbits.hpp"
#include "hadronforce/lattice/resampling.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <array>
#include <string>
#include <vector>

namespace hadronforce {

inline constexpr std::int64_t correlator_format_version = 1;

/// A baryon of the pair; mass and its error in lattice units.
struct LatticeBaryon {
    std::string name;
    double mass_a = 0.0;
    double mass_error_a = 0.0;
};

/// Where a correlator was computed.
struct Ensemble {
    std::int64_t spatial_extent = 0;   ///< L
    std::int64_t temporal_extent = 0;  ///< T
    double inverse_a_MeV = 0.0;
    std::string channel;  ///< "Xi-Xi 1S0"
    std::string source;   ///< "wall"
    std::array<LatticeBaryon, 2> baryons;
    Resampling resampling;
    std::int64_t configurations = 0;

    double reduced_mass_a() const;
    /// D = (m1 - m2)/(m1 + m2).
    double mass_asymmetry() const;
};

/// R(t, r) of all resampling samples, as `write_correlator` takes it.
struct Correlator {
    Ensemble ensemble;
    std::vector<std::int64_t> times;  ///< ascending, lattice units
    IndexRange samples;               ///< those of this rank
    RowMatrixXd R;                    ///< own samples x (times x orbits), orbits fastest, in the order of CubicOrbits
    RowMatrixXd ensemble_R;           ///< times x orbits, from the mean of all configurations
};

/// Collective. Writes the file whose format docs/lattice_format.md gives.
void write_correlator(Communicator const& comm, std::string const& path, Correlator const& correlator,
                      std::string const& config);

/// Reads a correlator file. All members are collective unless they say otherwise; what cannot be right throws
/// InputError "file:/dataset: ...".
class CorrelatorFile {
  public:
    /// Checks everything but /R itself: sites that represent all cubic orbits once, multiplicities, |r|, time slices,
    /// bins, masses, shapes.
    CorrelatorFile(Communicator const& comm, std::string const& path);

    std::string const& path() const noexcept { return file_.path(); }
    Provenance const& provenance() const noexcept { return provenance_; }
    Ensemble const& ensemble() const noexcept { return ensemble_; }
    CubicOrbits const& orbits() const noexcept { return orbits_; }
    std::vector<std::int64_t> const& times() const noexcept { return times_; }
    std::int64_t samples() const noexcept { return samples_; }

    /// Index of a time slice. Throws where the slice or one of its neighbours up to `reach` on both sides is missing.
    /// Not collective.
    Eigen::Index time_index(std::int64_t t, int reach = 0) const;
    /// The slices that derivatives at t take: index of the first of 2 reach + 1 successive ones, and by how much their
    /// middle lies off t, zero unless `one_sided` allows it at the ends of the data. Throws where there are none. Not
    /// collective.
    struct TimeWindow {
        Eigen::Index first;
        int offset;
    };
    TimeWindow time_window(std::int64_t t, int reach, bool one_sided) const;

    /// Samples [rows.begin, rows.end), each rank its own: rows x (times x orbits), orbits fastest, in the order of
    /// CubicOrbits whatever the order in the file. Throws for values that are zero or not finite.
    RowMatrixXd R(IndexRange rows) const;
    /// The same from the mean of all configurations: times x orbits.
    RowMatrixXd ensemble_R() const;
    /// Throws InputError naming sample, slice and point where one sample lies so far from the mean of all
    /// configurations, and from all other samples, that it is no noise. `R`: what R(rows) returned, of every rank its
    /// own; `times`: slices that are looked at, and `reach` neighbours that derivatives take.
    void refuse_outliers(IndexRange rows, RowMatrixXd const& R, std::vector<std::int64_t> const& times,
                         int reach) const;

  private:
    CubicOrbits read_orbits();
    void read_times();
    void check_shapes() const;
    /// Reorders points to the order of CubicOrbits and checks each value; `first` numbers the rows in messages.
    void arrange(RowMatrixXd& values, std::string const& name, std::string const& row_name, std::int64_t first) const;

    File file_;
    Provenance provenance_;
    Ensemble ensemble_;
    std::int64_t samples_;
    std::vector<Eigen::Index> point_of_orbit_;
    CubicOrbits orbits_;
    std::vector<std::int64_t> times_;
};

/// Throws InputError naming what differs where two files do not belong to one ensemble and resampling: L, T, a^-1,
/// masses, bins or samples. Not collective.
void require_same_lattice(CorrelatorFile const& first, CorrelatorFile const& second);

}  // namespace hadronforce
