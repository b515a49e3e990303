#include "hadronforce/scattering/nonlocal_solver.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/nonlocal_panels.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <utility>

namespace hadronforce {
namespace {

constexpr double negligible = 1e-15;
/// The operator that takes u at the nodes to the interaction's right-hand side there, as left right^T: crosses through
/// the largest remaining entry until what remains is `rest_fraction` of the largest: after as many steps as the
/// operator has rank.
void factorise(Interaction const& interaction, GaussPanels const& panels, double rest_fraction, Eigen::MatrixXd& left,
               Eigen::MatrixXd& right) {
    Eigen::ArrayXd const& r = panels.r();
    Eigen::Index const size = r.size();
    Eigen::ArrayXd const root_weight = panels.weights().sqrt();
    // Weighted from both sides it is symmetric, and its entries are what they contribute.
    Eigen::ArrayXXd rest = Eigen::ArrayXXd::Zero(size, size);
    if (interaction.nonlocal != nullptr) {
        interaction.nonlocal->fill(r, r, rest);
        Eigen::ArrayXd const scale = std::sqrt(4.0 * units::pi * interaction.two_mu) * r * root_weight;
        rest = (rest.colwise() * scale).rowwise() * scale.transpose();
    }
    if (interaction.local != nullptr) {
        Eigen::ArrayXd v(size);
        interaction.local->fill_MeV(r, v);
        rest.matrix().diagonal().array() += interaction.two_mu * v;
    }
    if (!rest.isFinite().all()) throw InputError("the interaction is not finite everywhere; check its parameters");
    // Towards the origin, where smeared charges leave a core of 1/r, waves are as small as r.
    Eigen::ArrayXd const wave_size = interaction.two_eta_k != 0.0 ? r : Eigen::ArrayXd::Ones(size);
    rest = (rest.colwise() * wave_size).rowwise() * wave_size.transpose();
    left.resize(size, size);
    right.resize(size, size);
    double const largest = rest.abs().maxCoeff();
    if (largest == 0.0) throw InputError("the interaction is zero everywhere; check its strength");
    Eigen::Index rank = 0;
    for (; rank < size; ++rank) {
        Eigen::Index i = 0, j = 0;
        double const remaining = rest.abs().maxCoeff(&i, &j);
        if (remaining <= rest_fraction * largest) break;
        left.col(rank) = rest.col(j) / rest(i, j);
        right.col(rank) = rest.row(i).transpose();
        rest.matrix().noalias() -= left.col(rank) * right.col(rank).transpose();
    }
    left.conservativeResize(Eigen::NoChange, rank);
    right.conservativeResize(Eigen::NoChange, rank);
    left.array().colwise() /= root_weight * wave_size;
    right.array().colwise() *= root_weight / wave_size;
}

std::vector<double> halved(std::vector<double> const& breakpoints) {
    std::vector<double> finer{breakpoints.front()};
    for (std::size_t i = 1; i < breakpoints.size(); ++i) {
        finer.push_back(0.5 * (breakpoints[i - 1] + breakpoints[i]));
        finer.push_back(breakpoints[i]);
    }
    return finer;
}

}  // namespace

NonlocalSolver::NonlocalSolver(Interaction const& interaction, double k_max, double tolerance)
    : NonlocalSolver(interaction, panels_for(interaction, k_max, tolerance), tolerance) {}

NonlocalSolver::NonlocalSolver(Interaction const& interaction, GaussPanels panels, double tolerance)
    : interaction_(interaction), panels_(std::move(panels)), tolerance_(tolerance) {
    factorise(interaction_, panels_, std::max(negligible, 1e-3 * tolerance_), left_, right_);
    factorise_symmetrically();
    if (interaction_.two_eta_k >= 0.0) bound_states_ = states_deeper_than(0.0);
}

NonlocalSolver NonlocalSolver::refined() const {
    return {interaction_, GaussPanels(halved(panels_.breakpoints())), tolerance_};
}

NonlocalSolver NonlocalSolver::with_panels_at_most(double longest, double within) const {
    auto const& edges = panels_.breakpoints();
    std::vector<double> finer{0.0};
    for (std::size_t i = 1; i < edges.size(); ++i) {
        // What lies beyond `within` stays one panel, unless it is hardly anything.
        double const begin = edges[i - 1], all = edges[i] - begin;
        double const length = within - begin < 0.9 * all ? within - begin : all;
        int const parts = length > 0.0 ? std::max(1, static_cast<int>(std::ceil(length / longest))) : 0;
        for (int part = 1; part < parts; ++part) finer.push_back(begin + length * part / parts);
        if (length > 0.0 && length < all) finer.push_back(begin + length);
        finer.push_back(edges[i]);
    }
    return {interaction_, GaussPanels(std::move(finer)), tolerance_};
}

NonlocalSolver::Wave NonlocalSolver::wave(double k) const {
    return wave(waves_without_interaction(interaction_.two_eta_k, k, panels_.r()));
}

NonlocalSolver::Wave NonlocalSolver::wave(WavesWithoutInteraction without) const {
    Wave wave{{}, 0.0, 0.0, std::move(without), {}};
    auto const& [regular, irregular] = wave.without;
    if (!regular.isFinite().all() || !irregular.isFinite().all())
        throw InputError("the charges are too strong for waves as far out as the interaction reaches");
    Eigen::Index const rank = left_.cols();
    Eigen::MatrixXd driven(regular.size(), 2 * rank);
    driven.leftCols(rank) = left_.array().colwise() * irregular;
    driven.rightCols(rank) = left_.array().colwise() * regular;
    Eigen::MatrixXd const integrals = panels_.integrals_to_nodes(driven);
    Eigen::MatrixXd const green =
        (integrals.leftCols(rank).array().colwise() * regular - integrals.rightCols(rank).array().colwise() * irregular)
            .matrix();
    Eigen::MatrixXd const system = Eigen::MatrixXd::Identity(rank, rank) - right_.transpose() * green;
    Eigen::VectorXd const c = system.partialPivLu().solve(right_.transpose() * regular.matrix());
    Eigen::RowVectorXd const whole = panels_.weights().matrix().transpose() * driven;
    wave.u = regular + (green * c).array();
    wave.regular_part = 1.0 + whole.head(rank).dot(c);
    wave.irregular_part = -whole.tail(rank).dot(c);
    wave.source = (left_ * c).array();
    return wave;
}

WaveOutside NonlocalSolver::wave_outside(double k2) const {
    constexpr double largest_exponent = 300.0;
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    double const kappa = std::sqrt(std::max(0.0, -k2));
    if (kappa * panels_.end() > largest_exponent) return {nan, nan, nan};
    Eigen::ArrayXd const& r = panels_.r();
    Wave const w = kappa > 0.0 ? wave({(kappa * r).sinh() / kappa, (kappa * r).cosh()}) : wave(std::sqrt(k2));
    Eigen::ArrayXd const parts = (panels_.weights() * w.source * w.without.regular).abs();
    auto const& edges = panels_.breakpoints();
    double const last = parts.tail(GaussPanels::order).sum() / (edges.back() - edges[edges.size() - 2]);
    return {w.regular_part, w.irregular_part, last * panels_.end() / parts.sum()};
}

double NonlocalSolver::gamow_factor_of(double k) const {
    return interaction_.two_eta_k == 0.0 ? 1.0 : gamow_factor(0.5 * interaction_.two_eta_k / k);
}

NonlocalSolver::Outside NonlocalSolver::outside(double k) const {
    // Under so strong a repulsion no wave gets there.
    if (interaction_.two_eta_k > 2.0 * largest_repulsive_eta * k) return {0.0, 0.0};
    Wave const w = wave(k);
    double range_function = w.regular_part / w.irregular_part;
    if (interaction_.two_eta_k != 0.0)
        range_function += interaction_.two_eta_k * coulomb_range_function(0.5 * interaction_.two_eta_k / k);
    return {std::atan2(w.irregular_part * k * gamow_factor_of(k), w.regular_part), range_function};
}

double NonlocalSolver::threshold_delta(Wave const& threshold) const {
    if (interaction_.two_eta_k >= 0.0) return units::pi * bound_states_;
    // Levels of a quantum defect delta/pi lie at n - delta/pi (Seaton): so many of them are deeper than n + x as
    // charges alone have, and delta/pi + x rounded down. x keeps that away from whole numbers, and from the charges'
    // levels.
    constexpr int many_levels = 40;
    double const k_gamow = -units::pi * interaction_.two_eta_k;
    double const principal = std::atan2(threshold.irregular_part * k_gamow, threshold.regular_part) / units::pi;
    double const between = std::clamp(0.5 - principal + std::floor(principal + 0.5), 0.15, 0.85);
    double const kappa = -0.5 * interaction_.two_eta_k / (many_levels + between);
    double const more = states_deeper_than(kappa) - many_levels;
    return units::pi * (principal + more - std::floor(between + principal));
}

void NonlocalSolver::check_sommerfeld_parameter(double k) const {
    double const eta = 0.5 * interaction_.two_eta_k / k;
    double const largest = eta > 0.0 ? largest_repulsive_eta : largest_attractive_eta;
    if (std::fabs(eta) <= largest) return;
    char message[200];
    std::snprintf(message, sizeof message,
                  "the lowest momentum is too low for these charges: eta = %.5g, and waves are known up to |eta| = %g; "
                  "take momenta %.3g times as high",
                  eta, largest, std::fabs(eta) / largest);
    throw InputError(message);
}

NonlocalScattering NonlocalSolver::scatter(Eigen::ArrayXd const& k) const {
    if (k.size() == 0 || !k.isFinite().all() || k[0] <= 0.0) throw InputError("momenta must be positive and finite");
    for (Eigen::Index j = 1; j < k.size(); ++j)
        if (k[j] <= k[j - 1]) throw InputError("momenta must increase");
    check_sommerfeld_parameter(k[0]);
    NonlocalScattering result{Eigen::ArrayXd(k.size()), Eigen::ArrayXd(k.size()), 0.0, 0.0, bound_states_};

    // From one momentum to the next the phase shift is the nearest of its multiples of pi, once they are close enough.
    constexpr double close_rad = 0.9;
    Outside reached{};
    std::function<double(double, double, double, int)> const follow = [&](double from, double delta, double to,
                                                                          int depth) -> double {
        reached = outside(to);
        double const next = delta + std::remainder(reached.principal_delta - delta, units::pi);
        if (std::fabs(next - delta) < close_rad || depth == 0) return next;
        double const middle = 0.5 * (from + to);
        return follow(middle, follow(from, delta, middle, depth - 1), to, depth - 1);
    };
    Wave const threshold = wave(0.0);
    double before = 0.0, delta = threshold_delta(threshold);
    if (interaction_.two_eta_k < 0.0) result.bound_states = static_cast<int>(std::lround(delta / units::pi));
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        result.delta_rad[j] = delta = follow(before, delta, k[j], 30);
        result.k_cot_delta[j] = reached.range_function;
        before = k[j];
    }
    bool const neutral = interaction_.two_eta_k == 0.0;
    if (neutral) result.k_cot_delta = k * result.delta_rad.cos() / result.delta_rad.sin();

    double const p = threshold.irregular_part, q = threshold.regular_part;
    result.scattering_length = -p / q;
    Eigen::ArrayXd extended = p + q * panels_.r();
    if (!neutral) extended = p * threshold.without.irregular + q * threshold.without.regular;
    result.effective_range = 2.0 / (p * p) * (panels_.weights() * (extended.square() - threshold.u.square())).sum();
    return result;
}

Eigen::MatrixXd NonlocalSolver::waves(Eigen::ArrayXd const& k) const {
    Eigen::MatrixXd columns(panels_.r().size(), k.size());
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        Wave const w = wave(k[j]);
        double const gamow = gamow_factor_of(k[j]);
        columns.col(j) = w.u * (k[j] * std::sqrt(gamow) / std::hypot(w.regular_part, w.irregular_part * k[j] * gamow));
    }
    return columns;
}

}  // namespace hadronforce
