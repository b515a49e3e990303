#include "hadronforce/femtoscopy/coupled_correlation.hpp"

#include "femtoscopy/coupled_far_source.hpp"
#include "femtoscopy/far_pairs.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/partial_wave_correlation.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/coupled_waves.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <optional>
#include <utility>
#include <vector>

namespace hadronforce {
namespace {

/// r^2 (<|psi|^2> - 1) - (2l + 1) F_l^2/k^2 of the first channel without interaction at nodes 0 .. nodes - 1, the
/// density being that of all partial waves: what they add to C - 1 but for the wave l.
Eigen::ArrayXd background(Channel const& channel, double k_per_fm, Eigen::ArrayXd const& r_fm) {
    int const l = channel.orbital;
    Eigen::ArrayXd result = Eigen::ArrayXd::Zero(r_fm.size());
    Eigen::ArrayXd const r = r_fm.tail(r_fm.size() - 1);
    auto beyond_origin = result.tail(r.size());
    double const eta =
        units::sommerfeld_parameter(channel.charge_product, channel.reduced_mass_MeV, k_per_fm * units::hbar_c_MeV_fm);
    Eigen::ArrayXd f;
    if (eta == 0.0 && l == 0)
        f = (k_per_fm * r).sin();
    else
        f = regular_coulomb_functions(eta, k_per_fm * r, l).col(l);
    beyond_origin = -(2.0 * l + 1.0) / (k_per_fm * k_per_fm) * f.square();
    if (eta != 0.0) beyond_origin += r.square() * (coulomb_density(eta, k_per_fm * r) - 1.0);
    return result;
}

/// The backgrounds at all nodes of each level, nodes by momenta; made when first needed.
class Backgrounds {
  public:
    Eigen::MatrixXd const& at(CoupledWaves const& waves, int level) {
        auto const& grid = waves.grid();
        if (grid.r_max_fm() != r_max_fm_ || grid.node_at_fm() != node_at_fm_ || grid.inner_fm() != inner_fm_) {
            tables_.clear();
            r_max_fm_ = grid.r_max_fm();
            inner_fm_ = grid.inner_fm();
            node_at_fm_ = grid.node_at_fm();
        }
        while (static_cast<int>(tables_.size()) <= level) {
            auto const next = static_cast<int>(tables_.size());
            Eigen::ArrayXd const r = grid.level(next).r_fm;
            Eigen::MatrixXd table(r.size(), waves.k_per_fm().size());
            for (Eigen::Index j = 0; j < table.cols(); ++j)
                table.col(j) = background(waves.channels().front(), waves.k_per_fm()[j], r);
            tables_.push_back(std::move(table));
        }
        return tables_[static_cast<std::size_t>(level)];
    }

  private:
    std::vector<Eigen::MatrixXd> tables_;
    double r_max_fm_ = 0.0, inner_fm_ = 0.0;
    std::optional<double> node_at_fm_;
};

/// Integrals of sources beyond where waves are propagated.
struct FarParts {
    SourceSplit split;
    FarFirstChannel first;
    std::vector<Eigen::ArrayXd> outgoing;  ///< of the other channels, weights included
};

}  // namespace

struct CoupledCorrelationSolver::Work {
    double tolerance;
    CoupledWaves waves;
    Backgrounds backgrounds = {};

    double reach_fm(Source const& source, bool first) const;
    /// Sets the potential, and finds the matching radius by the sources' reach; of heavy tails what is far is split
    /// off.
    std::optional<FarParts> far_parts(PotentialMatrix const& potential, std::vector<ChannelSource> const& sources,
                                      double reach_fm);
    /// Channels by momenta, of C.
    Eigen::ArrayXXd far_contributions(CoupledWavesAtLevel const& at_level, FarParts const& far) const;
    /// Of the first channel.
    double two_eta_k_per_fm() const {
        auto const& channel = waves.channels().front();
        return 2.0 * channel.charge_product * units::fine_structure * channel.reduced_mass_MeV / units::hbar_c_MeV_fm;
    }
};

/// Waves are lost or come in from other channels, so that what they do to C does not average out: outside, it counts in
/// full, |u|^2/(kr)^2. Pairs of charges are followed until there are none, or far ones.
double CoupledCorrelationSolver::Work::reach_fm(Source const& source, bool first) const {
    double const k_min = waves.k_per_fm().minCoeff();
    double reach = source.radius_of_waves_fm(k_min, 1e-2 * tolerance);
    if (first && two_eta_k_per_fm() != 0.0)
        reach = std::max(reach, std::min(source.radius_outside_which_fm(1e-2 * tolerance),
                                         4.0 * std::fabs(two_eta_k_per_fm()) / (k_min * k_min)));
    return reachable_fm(reach, k_min);
}

std::optional<FarParts> CoupledCorrelationSolver::Work::far_parts(PotentialMatrix const& potential,
                                                                  std::vector<ChannelSource> const& sources,
                                                                  double reach_fm) {
    // Farther than this Numerov's phases and rounding add up.
    constexpr double ordinary_fm = 300.0;
    double const negligible = negligible_potential_per_fm2(tolerance, waves.k_per_fm().minCoeff());
    auto const matching_radius_fm = [&] { return waves.grid().level(0).r_fm[waves.matching_node()]; };
    if (reach_fm > ordinary_fm) {
        waves.set_potential(potential, negligible, 0.0);
        auto const& grid = waves.grid();
        SourceSplit const split{matching_radius_fm() + 6.0 * SourceSplit::width_fm, reach_fm, grid.map(),
                                8.0 * grid.base_step()};
        if (split.near_end_fm() < reach_fm) {
            waves.set_potential(potential, negligible, split.near_end_fm());
            FarParts far{
                split, far_first_channel(waves.channels()[0], waves.k_per_fm(), *sources[0].source, split), {}};
            for (std::size_t c = 1; c < sources.size(); ++c) {
                auto const& [source, weight] = sources[c];
                Eigen::ArrayXd const k_squared =
                    waves.k_squared_per_fm2().row(static_cast<Eigen::Index>(c)).head(waves.k_per_fm().size());
                far.outgoing.push_back(weight * far_outgoing_density(waves.channels()[c], k_squared,
                                                                     matching_radius_fm(), *source, split));
            }
            return far;
        }
    }
    waves.set_potential(potential, negligible, reach_fm);
    return std::nullopt;
}

Eigen::ArrayXXd CoupledCorrelationSolver::Work::far_contributions(CoupledWavesAtLevel const& at_level,
                                                                  FarParts const& far) const {
    auto const& channels = waves.channels();
    Eigen::Index const n = waves.k_per_fm().size();
    Eigen::ArrayXXd parts(static_cast<Eigen::Index>(channels.size()), n);
    for (Eigen::Index j = 0; j < n; ++j) {
        std::complex<double> const tau = at_level.tau[j];
        parts(0, j) = std::norm(tau) * (far.first.f_squared[j] + far.first.g_squared[j]) -
                      2.0 * tau.imag() * far.first.f_squared[j] + 2.0 * tau.real() * far.first.f_g[j];
        for (std::size_t c = 1; c < channels.size(); ++c) {
            auto const row = static_cast<Eigen::Index>(c);
            parts(row, j) = channels[c].reduced_mass_MeV / channels[0].reduced_mass_MeV *
                            std::norm(at_level.outgoing(row, j)) * far.outgoing[c - 1][j];
        }
    }
    parts.rowwise() *= (2.0 * channels[0].orbital + 1.0) / waves.k_per_fm().square().transpose();
    parts.row(0) += far.first.charges.transpose();
    return parts;
}

CoupledCorrelationSolver::CoupledCorrelationSolver(std::vector<Channel> channels, Eigen::ArrayXd k_star_MeV,
                                                   double tolerance) {
    check_channels(channels, PotentialMatrix(static_cast<int>(channels.size())));
    check_momenta_and_mass(k_star_MeV, channels.front().reduced_mass_MeV);
    if (!(tolerance >= 1e-10 && tolerance <= 1e-2)) throw InputError("the tolerance must lie between 1e-10 and 1e-2");
    check_sommerfeld_parameters(k_star_MeV, channels.front().reduced_mass_MeV, channels.front().charge_product,
                                largest_repulsive_eta);
    for (auto const& channel : channels)
        if (channel.orbital != channels.front().orbital)
            throw InputError("correlation functions need one l for all channels");
    work_.reset(new Work{tolerance, CoupledWaves(std::move(channels), k_star_MeV / units::hbar_c_MeV_fm)});
}

CoupledCorrelationSolver::~CoupledCorrelationSolver() = default;
CoupledCorrelationSolver::CoupledCorrelationSolver(CoupledCorrelationSolver&&) noexcept = default;
CoupledCorrelationSolver& CoupledCorrelationSolver::operator=(CoupledCorrelationSolver&&) noexcept = default;

CoupledCorrelationResult CoupledCorrelationSolver::solve(PotentialMatrix const& potential,
                                                         std::vector<ChannelSource> const& sources) {
    Work& w = *work_;
    auto const& channels = w.waves.channels();
    check_channels(channels, potential);
    auto const n_channels = static_cast<Eigen::Index>(channels.size());
    if (sources.size() != channels.size()) throw InputError("every channel needs one source");
    if (sources.front().weight != 1.0)
        throw InputError("the weight of the first channel, which is observed, must be 1");
    double reach = 0.0, scale_fm = RadialGrid::ordinary_inner_fm * 3.0;
    for (std::size_t c = 0; c < sources.size(); ++c) {
        if (!(std::isfinite(sources[c].weight) && sources[c].weight >= 0.0))
            throw InputError("weights of channels must be finite and not negative");
        if (sources[c].weight == 0.0) continue;
        reach = std::max(reach, w.reach_fm(*sources[c].source, c == 0));
        scale_fm = std::min(scale_fm, source_scale_fm(*sources[c].source));
    }
    w.waves.resolve(scale_fm);
    Eigen::ArrayXd const k_squared = w.waves.k_per_fm().square();
    Eigen::Index const n = k_squared.size();
    auto const far = w.far_parts(potential, sources, reach);

    auto const at_level = [&](int level) {
        auto const& grid = w.waves.grid().level(level);
        Eigen::Index const nodes = (w.waves.matching_node() << level) + 1;
        auto const g = grid.dr_dx_fm.head(nodes);
        Eigen::ArrayXXd source_weights = Eigen::ArrayXXd::Zero(n_channels, nodes);
        Eigen::ArrayXd s(nodes);
        for (Eigen::Index c = 0; c < n_channels; ++c) {
            auto const& [source, weight] = sources[static_cast<std::size_t>(c)];
            if (weight == 0.0) continue;
            source->fill_per_fm3(grid.r_fm.head(nodes), s);
            if (far) s *= far->split.near_share(grid.r_fm.head(nodes));
            source_weights.row(c) = (weight * 4.0 * units::pi * grid.step * g * s).transpose();
        }
        auto const waves = w.waves.at_level(level, source_weights.rowwise() * g.transpose());
        double const partial_wave = 2.0 * channels.front().orbital + 1.0;
        Eigen::ArrayXXd contributions = partial_wave * (waves.density.rowwise() / k_squared.transpose());
        contributions.row(0) +=
            1.0 + (source_weights.row(0).matrix() * w.backgrounds.at(w.waves, level).topRows(nodes)).array();
        if (far) contributions += w.far_contributions(waves, *far);
        if (w.two_eta_k_per_fm() != 0.0) {
            double const end_fm = far ? far->split.to_fm : 0.5 * (grid.r_fm[nodes - 1] + grid.r_fm[nodes]);
            contributions.row(0) +=
                far_pairs_of_charges(*sources.front().source, w.two_eta_k_per_fm(), w.waves.k_per_fm(), end_fm)
                    .transpose();
        }
        Eigen::ArrayXd const scattering = CoupledWaves::packed(waves);
        Eigen::ArrayXd values(n + contributions.size() + scattering.size());
        values << contributions.colwise().sum().transpose(), scattering, contributions.reshaped();
        return values;
    };
    // C and S are judged; the contributions go along with C.
    Eigen::Index const judged = n + w.waves.packed_size();
    auto const result = extrapolate_to_zero_step(at_level, judged, w.tolerance, RadialGrid::finest_level);
    CoupledCorrelationResult solution;
    solution.correlation = result.values.head(n);
    check_correlation(solution.correlation, w.waves.k_per_fm() * units::hbar_c_MeV_fm);
    solution.contributions = result.values.tail(n_channels * n).reshaped(n_channels, n);
    solution.scattering = w.waves.unpacked(result.values.segment(n, judged - n));
    solution.scattering.error_estimate = result.error_estimate;
    solution.error_estimate = result.error_estimate;
    solution.grid_points = static_cast<int>(w.waves.matching_node() << result.level);
    return solution;
}

}  // namespace hadronforce
