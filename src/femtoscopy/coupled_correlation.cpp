#include "hadronforce/femtoscopy/coupled_correlation.hpp"

#include "femtoscopy/coupled_far_source.hpp"
#include "femtoscopy/far_pairs.hpp"
#include "femtoscopy/source_weights.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/partial_wave_correlation.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/coupled_waves.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/free_waves.hpp"
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
    double const shares = -(2.0 * l + 1.0) / (k_per_fm * k_per_fm);
    if (eta == 0.0 && l == 0) {
        beyond_origin = shares * (k_per_fm * r).sin().square();
        return result;
    }
    for_each_range(r, [&](Eigen::Index first, Eigen::Index count) {
        auto const radii = r.segment(first, count);
        auto part = beyond_origin.segment(first, count);
        part = shares * regular_coulomb_functions(eta, k_per_fm * radii, l).col(l).square();
        if (eta != 0.0) part += radii.square() * (coulomb_density(eta, k_per_fm * radii) - 1.0);
    });
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
    CoupledWavesAtLevel last = {};  // the waves of the level that was solved last

    double reach_fm(Source const& source, double to) const;
    double reach_of_charges_fm(Source const& source, double to) const;
    CoupledCorrelationResult solve_to(double to, PotentialMatrix const& potential,
                                      std::vector<ChannelSource> const& sources);
    CoupledCorrelationResult solve_within(double reach_fm, PotentialMatrix const& potential,
                                          std::vector<ChannelSource> const& sources, double to);
    /// At most what pairs outside a radius add to C, relative to max(1, C), largest over k*, of the waves that
    /// solve_within found. Of point charges that is without their strong force.
    double left_out(Eigen::ArrayXd const& correlation, std::vector<ChannelSource> const& sources,
                    double radius_fm) const;
    int finest_level() const;
    /// Sets the potential, and finds the matching radius by the sources' reach; of heavy tails what is far is split
    /// off.
    std::optional<FarParts> far_parts(PotentialMatrix const& potential, std::vector<ChannelSource> const& sources,
                                      double reach_fm, double to);
    /// Channels by momenta, of C.
    Eigen::ArrayXXd far_contributions(FarParts const& far) const;
    /// Of the first channel.
    double two_eta_k_per_fm() const {
        auto const& channel = waves.channels().front();
        return 2.0 * channel.charge_product * units::fine_structure * channel.reduced_mass_MeV / units::hbar_c_MeV_fm;
    }
};

/// Waves are lost or come in from other channels, so that what they do to C does not average out: outside, it counts in
/// full, |u|^2/(kr)^2.
double CoupledCorrelationSolver::Work::reach_fm(Source const& source, double to) const {
    return source.radius_of_waves_fm(waves.k_per_fm().minCoeff(), 1e-2 * to);
}

/// Pairs of charges are followed until there are none, or far ones: classical from 8 eta/k on, and so few that the
/// oscillation of their density, eta cos(2kr)/(kr)^2, which the end cuts off, is within the tolerance.
double CoupledCorrelationSolver::Work::reach_of_charges_fm(Source const& source, double to) const {
    if (two_eta_k_per_fm() == 0.0) return 0.0;
    double const k_min = waves.k_per_fm().minCoeff();
    double const none_fm = source.radius_outside_which_fm(1e-2 * to);
    double const two_eta_k = std::fabs(two_eta_k_per_fm());
    double reach = 4.0 * two_eta_k / (k_min * k_min);
    while (reach < none_fm && units::pi * source.density_per_fm3(reach) * two_eta_k / std::pow(k_min, 4) > 1e-2 * to)
        reach *= 1.25;
    return std::min(reach, none_fm);
}

double CoupledCorrelationSolver::Work::left_out(Eigen::ArrayXd const& correlation,
                                                std::vector<ChannelSource> const& sources, double radius_fm) const {
    auto const& channels = waves.channels();
    auto const& k = waves.k_per_fm();
    Eigen::ArrayXd sums = Eigen::ArrayXd::Zero(k.size());
    for (std::size_t c = 0; c < sources.size(); ++c) {
        if (sources[c].weight == 0.0) continue;
        double const share = sources[c].weight * fraction_outside(*sources[c].source, radius_fm);
        auto const row = static_cast<Eigen::Index>(c);
        for (Eigen::Index j = 0; j < k.size(); ++j) {
            double const k_squared = waves.k_squared_per_fm2()(row, j);
            // Outgoing waves, and of the first channel |F + tau (G + iF)|^2 - F^2 with |F| |G + iF| < 1.5.
            double const tau = c == 0 ? std::abs(last.tau[j]) : 0.0;
            double const outgoing = std::norm(last.outgoing_at_potential_end(row, j));
            if (outgoing == 0.0) continue;
            sums[j] += share * (3.0 * tau + outgoing * largest_outgoing_ratio(channels[c], k_squared,
                                                                              waves.potential_end_fm(), radius_fm));
        }
    }
    return ((2.0 * channels.front().orbital + 1.0) * sums / (k * radius_fm).square() / correlation.max(1.0))
        .maxCoeff<Eigen::PropagateNaN>();
}

/// The finest level whose tables of free waves, momenta by nodes, have half a gigabyte.
int CoupledCorrelationSolver::Work::finest_level() const {
    constexpr double most_entries = 1 << 26;
    double const entries = static_cast<double>(waves.matching_node()) * static_cast<double>(waves.k_per_fm().size());
    int level = RadialGrid::finest_level;
    while (level > 2 && std::ldexp(entries, level) > most_entries) --level;
    return level;
}

std::optional<FarParts> CoupledCorrelationSolver::Work::far_parts(PotentialMatrix const& potential,
                                                                  std::vector<ChannelSource> const& sources,
                                                                  double reach_fm, double to) {
    // Farther than this Numerov's phases and rounding add up.
    constexpr double ordinary_fm = 300.0;
    double const negligible = negligible_potential_per_fm2(to, waves.k_per_fm().minCoeff());
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
                                                                     waves.potential_end_fm(), *source, split));
            }
            return far;
        }
    }
    waves.set_potential(potential, negligible, reach_fm);
    return std::nullopt;
}

Eigen::ArrayXXd CoupledCorrelationSolver::Work::far_contributions(FarParts const& far) const {
    auto const& channels = waves.channels();
    Eigen::Index const n = waves.k_per_fm().size();
    Eigen::ArrayXXd parts(static_cast<Eigen::Index>(channels.size()), n);
    for (Eigen::Index j = 0; j < n; ++j) {
        std::complex<double> const tau = last.tau[j];
        parts(0, j) = std::norm(tau) * (far.first.f_squared[j] + far.first.g_squared[j]) -
                      2.0 * tau.imag() * far.first.f_squared[j] + 2.0 * tau.real() * far.first.f_g[j];
        for (std::size_t c = 1; c < channels.size(); ++c) {
            auto const row = static_cast<Eigen::Index>(c);
            parts(row, j) = std::norm(last.outgoing_at_potential_end(row, j)) * far.outgoing[c - 1][j];
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
    if (sources.size() != channels.size()) throw InputError("every channel needs one source");
    if (sources.front().weight != 1.0)
        throw InputError("the weight of the first channel, which is observed, must be 1");
    for (auto const& [source, weight] : sources)
        if (!(std::isfinite(weight) && weight >= 0.0))
            throw InputError("weights of channels must be finite and not negative");
    auto result = w.solve_to(w.tolerance, potential, sources);
    // No C is negative: where the tolerance lets it be, a smaller one does not.
    for (double tolerance : {1e-9, 1e-11})
        if (result.correlation.minCoeff() < least_correlation && tolerance < w.tolerance)
            result = w.solve_to(tolerance, potential, sources);
    check_correlation(result.correlation, w.waves.k_per_fm() * units::hbar_c_MeV_fm);
    return result;
}

CoupledCorrelationResult CoupledCorrelationSolver::Work::solve_to(double to, PotentialMatrix const& potential,
                                                                  std::vector<ChannelSource> const& sources) {
    double const charges_fm = reach_of_charges_fm(*sources.front().source, to);
    double reach = charges_fm;
    for (auto const& [source, weight] : sources)
        if (weight > 0.0) reach = std::max(reach, reach_fm(*source, to));
    // That is for any interaction; what one does that is weak, or at low momenta, ends sooner.
    for (double const nearer_fm : {1e3, farthest_fm}) {
        if (charges_fm > nearer_fm || reach <= (nearer_fm == farthest_fm ? 1.0 : 4.0) * nearer_fm) continue;
        auto result = solve_within(nearer_fm, potential, sources, 0.9 * to);
        double const outside = left_out(result.correlation, sources, nearer_fm);
        if (!(outside <= 0.1 * to)) continue;
        result.error_estimate += outside;
        return result;
    }
    return solve_within(reachable_fm(reach, waves.k_per_fm().minCoeff()), potential, sources, to);
}

CoupledCorrelationResult CoupledCorrelationSolver::Work::solve_within(double reach_fm, PotentialMatrix const& potential,
                                                                      std::vector<ChannelSource> const& sources,
                                                                      double to) {
    auto const& channels = waves.channels();
    auto const n_channels = static_cast<Eigen::Index>(channels.size());
    double scale_fm = RadialGrid::ordinary_inner_fm * 3.0;
    for (auto const& [source, weight] : sources)
        if (weight > 0.0) scale_fm = std::min(scale_fm, source_scale_fm(*source));
    Eigen::Index const n = waves.k_per_fm().size();
    double const fastest_per_fm = std::sqrt(waves.k_squared_per_fm2().leftCols(n).maxCoeff());
    check_coulomb_range(Eigen::ArrayXd::Constant(1, fastest_per_fm), 0.0, reach_fm);
    waves.resolve(scale_fm);
    Eigen::ArrayXd const k_squared = waves.k_per_fm().square();
    auto const far = far_parts(potential, sources, reach_fm, to);

    int const first_level = waves.first_level(to);
    auto const at_level = [&](int extrapolation_level) {
        int const level = extrapolation_level + first_level;
        auto const& grid = waves.grid().level(level);
        Eigen::Index const nodes = (waves.matching_node() << level) + 1;
        auto const g = grid.dr_dx_fm.head(nodes);
        Eigen::ArrayXXd source_weights = Eigen::ArrayXXd::Zero(n_channels, nodes);
        Eigen::ArrayXd node_weight(nodes);
        for (Eigen::Index c = 0; c < n_channels; ++c) {
            auto const& [source, weight] = sources[static_cast<std::size_t>(c)];
            if (weight == 0.0) continue;
            fill_source_weights(*source, waves.grid(), level, node_weight);
            if (far) node_weight *= far->split.near_share(grid.r_fm.head(nodes));
            source_weights.row(c) = weight * node_weight.transpose();
        }
        last = waves.at_level(level, source_weights.rowwise() * g.transpose());
        double const partial_wave = 2.0 * channels.front().orbital + 1.0;
        Eigen::ArrayXXd contributions = partial_wave * (last.density.rowwise() / k_squared.transpose());
        contributions.row(0) +=
            1.0 + (source_weights.row(0).matrix() * backgrounds.at(waves, level).topRows(nodes)).array();
        if (far) contributions += far_contributions(*far);
        if (two_eta_k_per_fm() != 0.0) {
            double const end_fm =
                far ? far->split.to_fm
                    : end_of_source_weights_fm(*sources.front().source, waves.grid(), level, nodes - 1);
            contributions.row(0) +=
                far_pairs_of_charges(*sources.front().source, two_eta_k_per_fm(), waves.k_per_fm(), end_fm).transpose();
        }
        Eigen::ArrayXd const scattering = CoupledWaves::packed(last);
        Eigen::ArrayXd values(n + contributions.size() + scattering.size());
        values << contributions.colwise().sum().transpose(), scattering, contributions.reshaped();
        return values;
    };
    // C and S are judged; the contributions go along with C.
    Eigen::Index const judged = n + waves.packed_size();
    auto const result = extrapolate_to_zero_step(at_level, judged, to, std::max(2, finest_level() - first_level),
                                                 potential.has_knots());
    CoupledCorrelationResult solution;
    solution.correlation = result.values.head(n);
    solution.contributions = result.values.tail(n_channels * n).reshaped(n_channels, n);
    solution.scattering = waves.unpacked(result.values.segment(n, judged - n));
    // Rounding does not show between levels.
    solution.error_estimate = std::max(result.error_estimate, 1e-12);
    solution.scattering.error_estimate = solution.error_estimate;
    solution.grid_points = static_cast<int>(waves.matching_node() << (result.level + first_level));
    return solution;
}

}  // namespace hadronforce
