#include "hadronforce/femtoscopy/pair_correlation.hpp"

#include "femtoscopy/far_pairs.hpp"
#include "femtoscopy/source_weights.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/free_waves.hpp"
#include "hadronforce/scattering/radial_grid.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace hadronforce {

/// Densities of Coulomb waves, momenta by the nodes of each level, averaged over angles: direct and exchange term.
struct PairCorrelationSolver::CoulombTable {
    struct Level {
        Eigen::MatrixXd direct;
        Eigen::MatrixXd exchange;
    };
    RadialGrid grid;
    std::vector<std::optional<Level>> levels = {};
};

namespace {

double sign(Exchange exchange) { return exchange == Exchange::even ? 1.0 : exchange == Exchange::odd ? -1.0 : 0.0; }

}  // namespace

void check_channels(std::vector<SpinChannel> const& channels) {
    double sum = 0.0;
    for (auto const& channel : channels) {
        if (!(channel.weight >= 0.0)) throw InputError("the weight of a channel must not be negative");
        sum += channel.weight;
        std::set<int> seen;
        for (auto const& wave : channel.waves) {
            std::string const which = "the wave l = " + std::to_string(wave.l);
            if (!seen.insert(wave.l).second) throw InputError(which + " is named twice in one channel");
            if (channel.exchange != Exchange::none && (wave.l % 2 == 0) != (channel.exchange == Exchange::even))
                throw InputError(which + " does not exist in a channel whose spatial wave is " +
                                 (channel.exchange == Exchange::even ? "even" : "odd"));
        }
    }
    if (std::fabs(sum - 1.0) > 1e-6) {
        std::ostringstream message;
        message << "the weights of the channels must add to 1, not to " << sum;
        throw InputError(message.str());
    }
}

PairCorrelationSolver::PairCorrelationSolver(Eigen::ArrayXd k_star_MeV, double reduced_mass_MeV, int charge_product,
                                             double tolerance)
    : k_star_MeV_(std::move(k_star_MeV)),
      reduced_mass_MeV_(reduced_mass_MeV),
      charge_product_(charge_product),
      tolerance_(tolerance) {
    // One wave nearly always has a force; its constructor checks what was given.
    waves_.try_emplace(0, k_star_MeV_, reduced_mass_MeV_, PartialWaveKind{0, charge_product_}, tolerance_);
}

PairCorrelationSolver::CoulombTable& PairCorrelationSolver::coulomb_table(double r_max_fm, double scale_fm) {
    double inner_fm = RadialGrid::ordinary_inner_fm;
    while (inner_fm > scale_fm / 3.0) inner_fm /= 4.0;
    auto& table = coulomb_[inner_fm];
    double const reach_fm = range_end_fm(r_max_fm);
    if (table && table->grid.r_max_fm() >= reach_fm) return *table;
    double const k_max = k_star_MeV_.maxCoeff() / units::hbar_c_MeV_fm;
    RadialGrid grid(std::min(0.16, 0.25 / k_max), 1.25 * reach_fm, std::nullopt, inner_fm);
    table = std::make_shared<CoulombTable>(CoulombTable{std::move(grid)});
    table->levels.resize(RadialGrid::finest_level + 1);
    return *table;
}

EstimatedValues PairCorrelationSolver::of_charges(Exchange exchange, Source const& source, double tolerance) {
    // The first grids integrate S times a density of these momenta to rounding, unless S is rough.
    constexpr int first_level = 2, last_level = 6;
    Eigen::ArrayXd const k = k_star_MeV_ / units::hbar_c_MeV_fm;
    double const two_eta_k = PartialWaveKind{0, charge_product_}.two_eta_k_per_fm(reduced_mass_MeV_);
    double const radius = source_radius_fm(source, k.minCoeff(), 1e-3 * tolerance, two_eta_k);
    check_coulomb_range(k, two_eta_k, radius);
    CoulombTable& table = coulomb_table(radius, source_scale_fm(source));
    // C by the nodes of one level, or by every second of them.
    Eigen::ArrayXd weight;
    auto const sum = [&](int level, int stride) -> Eigen::ArrayXd {
        GridLevel const& grid = table.grid.level(level);
        auto& densities = table.levels[static_cast<std::size_t>(level)];
        if (!densities) {
            auto const positive = grid.r_fm.tail(grid.r_fm.size() - 1);
            densities.emplace();
            densities->direct.resize(k.size(), grid.r_fm.size());
            densities->exchange.resize(k.size(), grid.r_fm.size());
            for (Eigen::Index j = 0; j < k.size(); ++j) {
                double const eta = 0.5 * two_eta_k / k[j];
                if (eta > largest_repulsive_eta) {
                    densities->direct.row(j).setZero();
                    densities->exchange.row(j).setZero();
                    continue;
                }
                densities->direct(j, 0) = densities->exchange(j, 0) = gamow_factor(eta);
                for_each_range(positive, [&](Eigen::Index first, Eigen::Index count) {
                    Eigen::ArrayXd const kr = k[j] * positive.segment(first, count);
                    densities->direct.row(j).segment(1 + first, count) = coulomb_density(eta, kr).transpose();
                    densities->exchange.row(j).segment(1 + first, count) =
                        coulomb_exchange_density(eta, kr).transpose();
                });
            }
        }
        // Every second node is a node of the level before.
        int const weight_level = stride == 2 ? level - 1 : level;
        Eigen::ArrayXd const& weight_r_fm = table.grid.level(weight_level).r_fm;
        Eigen::Index const count = std::min<Eigen::Index>(
            std::lower_bound(weight_r_fm.begin(), weight_r_fm.end(), radius) - weight_r_fm.begin() + 1,
            weight_r_fm.size());
        Eigen::ArrayXd node_weight(count);
        fill_source_weights(source, table.grid, weight_level, node_weight);
        Eigen::Index const nodes = stride * (count - 1) + 1;
        weight.setZero(nodes);
        weight(Eigen::seqN(0, count, stride)) = node_weight * weight_r_fm.head(count).square();
        double const end_fm = end_of_source_weights_fm(source, table.grid, weight_level, count - 1);
        Eigen::ArrayXd correlation = (densities->direct.leftCols(nodes) * weight.matrix()).array() +
                                     (1.0 - weight.sum()) + far_pairs_of_charges(source, two_eta_k, k, end_fm);
        if (exchange != Exchange::none)
            correlation += sign(exchange) * (densities->exchange.leftCols(nodes) * weight.matrix()).array();
        return correlation;
    };
    Eigen::ArrayXd coarse = sum(first_level, 2);
    for (int level = first_level;; ++level) {
        Eigen::ArrayXd fine = sum(level, 1);
        // A kink of S, as at the origin of an exponential, leaves errors of order step^4.
        double const error = ((fine - coarse).abs() / fine.abs().max(1.0)).maxCoeff<Eigen::PropagateNaN>() / 7.0;
        if (error <= tolerance) return {std::move(fine), error};
        if (level == last_level) {
            char message[200];
            std::snprintf(message, sizeof message,
                          "the integral of the source with waves of point charges reached only %.1e, %.1e was asked "
                          "for; take a larger tolerance or a smoother source (of a table, more rows)",
                          error, tolerance);
            throw ConvergenceError(message);
        }
        coarse = std::move(fine);
    }
}

EstimatedValues PairCorrelationSolver::closed_sum(Exchange exchange, Source const& source, double tolerance) {
    if (charge_product_ != 0) return of_charges(exchange, source, tolerance);
    if (exchange == Exchange::none) return {Eigen::ArrayXd::Ones(k_star_MeV_.size()), 0.0};
    Eigen::ArrayXd characteristic(k_star_MeV_.size());
    source.fill_characteristic(2.0 * k_star_MeV_ / units::hbar_c_MeV_fm, characteristic);
    return {1.0 + sign(exchange) * characteristic, 0.0};
}

Eigen::ArrayXd PairCorrelationSolver::without_strong_force(Exchange exchange, Source const& source) {
    return closed_sum(exchange, source, 0.1 * tolerance_).values;
}

PairCorrelation PairCorrelationSolver::solve_to(double tolerance, std::vector<SpinChannel> const& channels,
                                                Source const& source) {
    auto const times = [](SpinChannel const& channel, PartialWave const& wave) {
        return channel.weight * (2 * wave.l + 1) * (channel.exchange == Exchange::none ? 1 : 2);
    };
    // The waves' errors add up, each as often as it counts; C is at least as large as a wave's own share of it.
    double counted = 0.0;
    for (auto const& channel : channels)
        for (auto const& wave : channel.waves) counted += times(channel, wave);
    double const of_wave = tolerance / std::max(1.0, counted);

    std::map<Exchange, EstimatedValues> free;
    PairCorrelation pair{Eigen::ArrayXd::Zero(k_star_MeV_.size()), {}, 0.0};
    Eigen::ArrayXd error = Eigen::ArrayXd::Zero(k_star_MeV_.size());
    for (auto const& channel : channels) {
        auto closed = free.find(channel.exchange);
        if (closed == free.end())
            closed = free.emplace(channel.exchange, closed_sum(channel.exchange, source, 0.1 * tolerance)).first;
        pair.correlation += channel.weight * closed->second.values;
        error += channel.weight * closed->second.error_estimate * closed->second.values.abs().max(1.0);
        pair.waves.emplace_back();
        for (auto const& wave : channel.waves) {
            auto solver = waves_.find(wave.l);
            if (solver == waves_.end())
                solver = waves_
                             .try_emplace(wave.l, k_star_MeV_, reduced_mass_MeV_,
                                          PartialWaveKind{wave.l, charge_product_}, tolerance_)
                             .first;
            PartialWaveGain gain = solver->second.solve(*wave.potential, source, of_wave);
            double const factor = times(channel, wave);
            pair.correlation += factor * gain.gain;
            error += factor * gain.error_estimate * (1.0 + gain.gain).abs().max(1.0);
            pair.recomputed_waves += gain.recomputed ? 1 : 0;
            pair.waves.back().push_back(std::move(gain));
        }
    }
    pair.error_estimate = (error / pair.correlation.abs().max(1.0)).maxCoeff<Eigen::PropagateNaN>();
    return pair;
}

/// Where charges attract within a small source, C may be a small rest of large terms: these are wanted more exactly.
PairCorrelation PairCorrelationSolver::solve_cancelling(std::vector<SpinChannel> const& channels, Source const& source,
                                                        double reached) {
    // Powers of ten, so that few are made and none depends on what was solved before.
    constexpr int most_digits = 10;
    double const wanted_digits = std::ceil(-std::log10(0.3 * tolerance_ / reached * tolerance_));
    int const first = wanted_digits < most_digits ? static_cast<int>(wanted_digits) : most_digits;
    for (int digits = first; digits <= most_digits; ++digits) {
        double const finer_tolerance = std::pow(10.0, -digits);
        if (finer_tolerance >= tolerance_) break;
        auto& finer = finer_[digits];
        if (!finer)
            finer = std::make_unique<PairCorrelationSolver>(k_star_MeV_, reduced_mass_MeV_, charge_product_,
                                                            finer_tolerance);
        PairCorrelation pair = finer->solve_to(finer_tolerance, channels, source);
        reached = pair.error_estimate;
        bool const is_positive = pair.correlation.minCoeff() >= least_correlation || digits == most_digits;
        if (reached <= tolerance_ && is_positive) return pair;
    }
    char message[200];
    std::snprintf(
        message, sizeof message,
        "C(k*) is a small rest of large terms that cancel, and is known to %.1e only, %.1e was asked for; take "
        "a larger tolerance, larger momenta or a larger source",
        reached, tolerance_);
    throw ConvergenceError(message);
}

PairCorrelation PairCorrelationSolver::solve(std::vector<SpinChannel> const& channels, Source const& source) {
    check_channels(channels);
    PairCorrelation pair = solve_to(tolerance_, channels, source);
    // No C is negative: where the tolerance lets it be, a smaller one does not.
    for (double tolerance : {1e-9, 1e-11}) {
        if (pair.correlation.minCoeff() >= least_correlation || tolerance >= tolerance_) continue;
        pair = solve_to(tolerance, channels, source);
    }
    if (!(pair.error_estimate <= tolerance_)) pair = solve_cancelling(channels, source, pair.error_estimate);
    check_correlation(pair.correlation, k_star_MeV_);
    return pair;
}

}  // namespace hadronforce
