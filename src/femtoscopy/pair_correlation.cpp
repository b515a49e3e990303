#include "hadronforce/femtoscopy/pair_correlation.hpp"

#include "femtoscopy/far_pairs.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/radial_grid.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace hadronforce {

/// Densities of Coulomb waves, momenta by nodes, averaged over angles: direct and exchange term.
struct PairCorrelationSolver::CoulombTable {
    RadialGrid grid;
    Eigen::MatrixXd direct;
    Eigen::MatrixXd exchange;
};

namespace {

/// Where the trapezoid in the grid's coordinate integrates S times a density of these momenta to rounding.
constexpr int quadrature_level = 2;

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

PairCorrelationSolver::CoulombTable const& PairCorrelationSolver::coulomb_table(double r_max_fm) {
    if (coulomb_ && coulomb_->grid.r_max_fm() >= r_max_fm) return *coulomb_;
    Eigen::ArrayXd const k = k_star_MeV_ / units::hbar_c_MeV_fm;
    RadialGrid grid(std::min(0.16, 0.25 / k.maxCoeff()), std::max(60.0, 1.25 * r_max_fm), std::nullopt);
    Eigen::ArrayXd const& r = grid.level(quadrature_level).r_fm;
    CoulombTable table{std::move(grid), Eigen::MatrixXd(k.size(), r.size()), Eigen::MatrixXd(k.size(), r.size())};
    auto const positive = table.grid.level(quadrature_level).r_fm.tail(table.direct.cols() - 1);
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        double const eta = units::sommerfeld_parameter(charge_product_, reduced_mass_MeV_, k_star_MeV_[j]);
        table.direct(j, 0) = table.exchange(j, 0) = gamow_factor(eta);
        table.direct.row(j).tail(positive.size()) = coulomb_density(eta, k[j] * positive).matrix().transpose();
        table.exchange.row(j).tail(positive.size()) =
            coulomb_exchange_density(eta, k[j] * positive).matrix().transpose();
    }
    coulomb_ = std::make_shared<CoulombTable const>(std::move(table));
    return *coulomb_;
}

Eigen::ArrayXd PairCorrelationSolver::without_strong_force(Exchange exchange, Source const& source) {
    Eigen::ArrayXd const k = k_star_MeV_ / units::hbar_c_MeV_fm;
    Eigen::ArrayXd correlation = Eigen::ArrayXd::Ones(k.size());
    if (charge_product_ == 0) {
        if (exchange == Exchange::none) return correlation;
        Eigen::ArrayXd characteristic(k.size());
        source.fill_characteristic(2.0 * k, characteristic);
        return 1.0 + sign(exchange) * characteristic;
    }
    double const two_eta_k = PartialWaveKind{0, charge_product_}.two_eta_k_per_fm(reduced_mass_MeV_);
    double const radius = source_radius_fm(source, k.minCoeff(), 1e-3 * tolerance_, two_eta_k);
    CoulombTable const& table = coulomb_table(radius);
    GridLevel const& grid = table.grid.level(quadrature_level);
    Eigen::Index const nodes = std::lower_bound(grid.r_fm.begin(), grid.r_fm.end(), radius) - grid.r_fm.begin();
    Eigen::ArrayXd weight(nodes);
    source.fill_per_fm3(grid.r_fm.head(nodes), weight);
    weight *= 4.0 * units::pi * grid.step * grid.r_fm.head(nodes).square() * grid.dr_dx_fm.head(nodes);
    correlation = (table.direct.leftCols(nodes) * weight.matrix()).array();
    double const end_fm = 0.5 * (grid.r_fm[nodes - 1] + grid.r_fm[nodes]);
    correlation += 1.0 - weight.sum() + far_pairs_of_charges(source, two_eta_k, k, end_fm);
    if (exchange != Exchange::none)
        correlation += sign(exchange) * (table.exchange.leftCols(nodes) * weight.matrix()).array();
    return correlation;
}

PairCorrelation PairCorrelationSolver::solve(std::vector<SpinChannel> const& channels, Source const& source) {
    check_channels(channels);
    std::map<Exchange, Eigen::ArrayXd> free;
    PairCorrelation pair{Eigen::ArrayXd::Zero(k_star_MeV_.size()), {}, 0.0};
    for (auto const& channel : channels) {
        auto const [closed, is_new] = free.try_emplace(channel.exchange);
        if (is_new) closed->second = without_strong_force(channel.exchange, source);
        pair.correlation += channel.weight * closed->second;
        pair.waves.emplace_back();
        for (auto const& wave : channel.waves) {
            auto solver = waves_.find(wave.l);
            if (solver == waves_.end())
                solver = waves_
                             .try_emplace(wave.l, k_star_MeV_, reduced_mass_MeV_,
                                          PartialWaveKind{wave.l, charge_product_}, tolerance_)
                             .first;
            PartialWaveGain gain = solver->second.solve(*wave.potential, source);
            double const factor = channel.weight * (2 * wave.l + 1) * (channel.exchange == Exchange::none ? 1 : 2);
            pair.correlation += factor * gain.gain;
            pair.error_estimate += factor * gain.error_estimate;
            pair.recomputed_waves += gain.recomputed ? 1 : 0;
            pair.waves.back().push_back(std::move(gain));
        }
    }
    return pair;
}

}  // namespace hadronforce
