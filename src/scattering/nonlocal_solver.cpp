#include "hadronforce/scattering/nonlocal_solver.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <functional>

namespace hadronforce {
namespace {

constexpr double negligible = 1e-15;
constexpr double farthest = 400.0;

/// Radius beyond which two_mu |V| r stays negligible.
double local_range(LocalPotential const& potential, double two_mu) {
    constexpr int steps = 4000;
    Eigen::ArrayXd const r = Eigen::ArrayXd::LinSpaced(steps, std::log(1e-3), std::log(farthest)).exp();
    Eigen::ArrayXd v(steps);
    potential.fill_MeV(r, v);
    if (!v.isFinite().all()) throw InputError("the potential is not finite everywhere; check its parameters");
    int last = steps - 1;
    while (last > 0 && std::fabs(two_mu * v[last] * r[last]) < 10.0 * negligible) --last;
    if (last == steps - 1) throw InputError("the potential reaches beyond 400; it must fall off faster");
    return r[last + 1];
}

/// What must be resolved on each panel: the interaction as a function of r for some r', times waves of the highest
/// momentum.
Eigen::MatrixXd samples_of(Interaction const& interaction, double k_max, GaussPanels const& partners,
                           Eigen::ArrayXd const& r) {
    Eigen::ArrayXd fastest = Eigen::ArrayXd::Zero(r.size());
    Eigen::MatrixXd columns(r.size(), 0);
    auto const add = [&](Eigen::ArrayXXd const& values) {
        Eigen::Index const before = columns.cols();
        columns.conservativeResize(Eigen::NoChange, before + 2 * values.cols());
        columns.middleCols(before, values.cols()) = values.colwise() * (k_max * r).cos();
        columns.rightCols(values.cols()) = values.colwise() * (k_max * r).sin();
    };
    if (interaction.nonlocal != nullptr) {
        Eigen::ArrayXXd u(r.size(), partners.r().size());
        interaction.nonlocal->fill(r, partners.r(), u);
        Eigen::ArrayXd const scale = 4.0 * units::pi * interaction.two_mu * partners.r() * partners.weights();
        add((u.colwise() * r).rowwise() * scale.transpose());
    }
    if (interaction.local != nullptr) {
        Eigen::ArrayXd v(r.size());
        interaction.local->fill_MeV(r, v);
        v *= interaction.two_mu;
        // Inside a well the wave itself is faster than k.
        double const fastest_k = std::sqrt(k_max * k_max + v.abs().maxCoeff());
        Eigen::ArrayXXd both(r.size(), 2);
        both.col(0) = v * r;
        both.col(1) = v.abs().maxCoeff() * r.maxCoeff() * (fastest_k * (r - r[0])).sin();
        add(both);
    }
    return columns;
}

GaussPanels make_panels(Interaction const& interaction, double k_max, double tolerance) {
    double range = 0.0;
    std::vector<double> kinks;
    if (interaction.nonlocal != nullptr) {
        range = interaction.nonlocal->range(tolerance);
        kinks = interaction.nonlocal->kinks();
    }
    if (interaction.local != nullptr) {
        double const reach = local_range(*interaction.local, interaction.two_mu);
        if (range > 0.0 && reach != range) kinks.push_back(std::min(range, reach));
        range = std::max(range, reach);
        if (auto const jump = interaction.local->discontinuity_fm()) kinks.push_back(*jump);
    }
    if (!(range > 0.0) || !std::isfinite(range)) throw InputError("the interaction has no finite range");
    std::sort(kinks.begin(), kinks.end());
    GaussPanels const partners({0.0, range / 8.0, range});
    return GaussPanels::adapted(range, kinks, tolerance,
                                [&](Eigen::ArrayXd const& r) { return samples_of(interaction, k_max, partners, r); });
}

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
    left.array().colwise() /= root_weight;
    right.array().colwise() *= root_weight;
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
    : NonlocalSolver(interaction, make_panels(interaction, k_max, tolerance), tolerance) {}

NonlocalSolver::NonlocalSolver(Interaction const& interaction, GaussPanels panels, double tolerance)
    : interaction_(interaction), panels_(std::move(panels)), tolerance_(tolerance) {
    factorise(interaction_, panels_, std::max(negligible, 1e-3 * tolerance_), left_, right_);
    factorise_symmetrically();
    bound_states_ = states_deeper_than(0.0);
}

NonlocalSolver NonlocalSolver::refined() const {
    return {interaction_, GaussPanels(halved(panels_.breakpoints())), tolerance_};
}

NonlocalSolver NonlocalSolver::with_panels_at_most(double longest, double within) const {
    auto const& edges = panels_.breakpoints();
    std::vector<double> finer{0.0};
    for (std::size_t i = 1; i < edges.size(); ++i) {
        double const begin = edges[i - 1], length = edges[i] - begin;
        int const parts = begin < within ? std::max(1, static_cast<int>(std::ceil(length / longest))) : 1;
        for (int part = 1; part < parts; ++part) finer.push_back(begin + length * part / parts);
        finer.push_back(edges[i]);
    }
    return {interaction_, GaussPanels(std::move(finer)), tolerance_};
}

NonlocalSolver::Wave NonlocalSolver::wave(double k) const {
    Eigen::ArrayXd const& r = panels_.r();
    Eigen::ArrayXd const cosine = (k * r).cos();
    Eigen::ArrayXd const sine = k == 0.0 ? r : Eigen::ArrayXd((k * r).sin() / k);
    Eigen::Index const rank = left_.cols();
    Eigen::MatrixXd driven(r.size(), 2 * rank);
    driven.leftCols(rank) = left_.array().colwise() * cosine;
    driven.rightCols(rank) = left_.array().colwise() * sine;
    Eigen::MatrixXd const integrals = panels_.integrals_to_nodes(driven);
    Eigen::MatrixXd const green =
        (integrals.leftCols(rank).array().colwise() * sine - integrals.rightCols(rank).array().colwise() * cosine)
            .matrix();
    Eigen::MatrixXd const system = Eigen::MatrixXd::Identity(rank, rank) - right_.transpose() * green;
    Eigen::VectorXd const c = system.partialPivLu().solve(right_.transpose() * sine.matrix());
    Eigen::RowVectorXd const whole = panels_.weights().matrix().transpose() * driven;
    return {sine + (green * c).array(), 1.0 + whole.head(rank).dot(c), -whole.tail(rank).dot(c) * (k == 0.0 ? 1.0 : k)};
}

double NonlocalSolver::principal_delta(double k) const {
    Wave const w = wave(k);
    return std::atan2(w.cosine_part, w.sine_part);
}

NonlocalScattering NonlocalSolver::scatter(Eigen::ArrayXd const& k) const {
    if (k.size() == 0 || !k.isFinite().all() || k[0] <= 0.0) throw InputError("momenta must be positive and finite");
    for (Eigen::Index j = 1; j < k.size(); ++j)
        if (k[j] <= k[j - 1]) throw InputError("momenta must increase");
    NonlocalScattering result{Eigen::ArrayXd(k.size()), 0.0, 0.0, bound_states_};

    // From one momentum to the next the phase shift is the nearest of its multiples of pi, once they are close enough.
    constexpr double close_rad = 0.9;
    std::function<double(double, double, double, int)> const follow = [&](double from, double delta, double to,
                                                                          int depth) -> double {
        double const next = delta + std::remainder(principal_delta(to) - delta, units::pi);
        if (std::fabs(next - delta) < close_rad || depth == 0) return next;
        double const middle = 0.5 * (from + to);
        return follow(middle, follow(from, delta, middle, depth - 1), to, depth - 1);
    };
    double before = 0.0, delta = units::pi * result.bound_states;
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        result.delta_rad[j] = delta = follow(before, delta, k[j], 30);
        before = k[j];
    }

    Wave const threshold = wave(0.0);
    double const p = threshold.cosine_part, q = threshold.sine_part;
    result.scattering_length = -p / q;
    Eigen::ArrayXd const outside = p + q * panels_.r();
    result.effective_range = 2.0 / (p * p) * (panels_.weights() * (outside.square() - threshold.u.square())).sum();
    return result;
}

Eigen::MatrixXd NonlocalSolver::waves(Eigen::ArrayXd const& k) const {
    Eigen::MatrixXd columns(panels_.r().size(), k.size());
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        Wave const w = wave(k[j]);
        columns.col(j) = w.u * (k[j] / std::hypot(w.sine_part, w.cosine_part));
    }
    return columns;
}

}  // namespace hadronforce
