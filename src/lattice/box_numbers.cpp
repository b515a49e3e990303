#include "hadronforce/lattice/box_numbers.hpp"

#include "hadronforce/lattice/infinite_volume.hpp"
#include "hadronforce/lattice/interaction_on_lattice.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr Eigen::Index curve_points = 300;
constexpr double beyond_bound = 6.0;  ///< levels below zero are sought so much deeper than bound states, kappa L

/// k^2 below which one level of free particles more lies than levels are asked for.
double highest_k2(PairInBox const& pair, Eigen::Index states) {
    double const unit = 2.0 * units::pi / pair.L_fm;
    for (double q2 = 10.0;; q2 += 10.0) {
        auto const levels = free_levels_per_fm2(pair, q2 * unit * unit);
        if (static_cast<Eigen::Index>(levels.size()) > states) return levels[static_cast<std::size_t>(states)];
    }
}

/// Where the search for levels below zero ends: beyond what a box makes of the deepest bound state or, from none, of a
/// threshold.
double lowest_k2(std::vector<double> const& binding_momenta, BoxSettings const& settings) {
    double const mass = units::wave_number_per_fm(std::min(settings.masses_MeV[0], settings.masses_MeV[1]));
    double const kappa = (binding_momenta.empty() ? 0.0 : binding_momenta.front()) + beyond_bound / settings.L_fm();
    return -std::pow(std::min(kappa, 0.5 * mass), 2);
}

/// Whether a level below zero is a state, and not where a k cot(delta) that is none so deep meets the box once more:
/// Luescher's side rises through k cot(delta).
bool is_state(PairInBox const& pair, InfiniteVolume const& infinite, double k2) {
    double const step = 1e-3 * std::min(-k2, 1.0);
    auto const above = [&](double x) { return box_k_cot_delta_per_fm(pair, x) - infinite.k_cot_delta(x); };
    return above(k2 + step) > above(k2 - step);
}

/// How many levels lie below zero: one for each bound state, and one more, or less, where between it and the weakest
/// interaction with as many of them k cot(delta) at zero meets that of the box, which at rest is infinite there.
std::size_t levels_below_zero(PairInBox const& pair, InfiniteVolume const& infinite) {
    std::size_t const bound = infinite.binding_momenta().size();
    double const at_zero = -1.0 / infinite.scattering_length();
    if (pair.momentum == std::array<int, 3>{0, 0, 0}) return bound + (at_zero > 0.0 ? 1 : 0);
    double const of_box = box_k_cot_delta_per_fm(pair, 0.0);
    if (at_zero > 0.0) return bound + (at_zero < of_box ? 1 : 0);
    return bound - (at_zero > of_box && bound > 0 ? 1 : 0);
}

/// The lowest levels in fm^-2, NaN where one is not known and where there are no more.
Eigen::VectorXd predicted_levels(PairInBox const& pair, InfiniteVolume const& infinite, double from, double to,
                                 Eigen::Index states) {
    constexpr double no_shift = 6.0;  // kappa L of a bound state that a box moves by less than a hundredth
    auto levels = box_levels_per_fm2(
        pair, [&](double x) { return infinite.k_cot_delta(x); }, from, to);
    auto const zero = std::lower_bound(levels.begin(), levels.end(), 0.0);
    std::vector<double> const positive(zero, levels.end());
    levels.erase(zero, levels.end());
    levels.erase(std::remove_if(levels.begin(), levels.end(), [&](double k2) { return !is_state(pair, infinite, k2); }),
                 levels.end());
    std::size_t const expected = levels_below_zero(pair, infinite);
    if (levels.size() > expected) levels.erase(levels.begin(), levels.end() - static_cast<std::ptrdiff_t>(expected));
    // The deepest are missing: those that are as deep without box.
    std::vector<double> deepest(expected - levels.size(), nan);
    for (std::size_t i = 0; i < std::min(deepest.size(), infinite.binding_momenta().size()); ++i)
        if (double const kappa = infinite.binding_momenta()[i]; kappa * pair.L_fm > no_shift)
            deepest[i] = -kappa * kappa;
    levels.insert(levels.begin(), deepest.begin(), deepest.end());
    levels.insert(levels.end(), positive.begin(), positive.end());
    levels.resize(static_cast<std::size_t>(states), nan);
    return Eigen::Map<Eigen::VectorXd const>(levels.data(), states);
}

template <class Numbers, class Visit>
void for_each_part(Numbers& numbers, Visit const& visit) {
    visit(numbers.energy_MeV);
    visit(numbers.k2_per_fm2);
    visit(numbers.k_cot_delta_box);
    visit(numbers.k_cot_delta_infinite);
    visit(numbers.difference);
    visit(numbers.levels_MeV);
    visit(numbers.curve);
}

}  // namespace

double BoxSettings::L_fm() const { return static_cast<double>(extent) * units::hbar_c_MeV_fm / inverse_a_MeV; }

PairInBox BoxSettings::pair(std::array<int, 3> const& momentum) const {
    return {L_fm(), masses_MeV[0], masses_MeV[1], momentum};
}

Eigen::RowVectorXd BoxNumbers::row() const {
    Eigen::Index size = 3;
    for_each_part(*this, [&](auto const& part) { size += part.size(); });
    Eigen::RowVectorXd row(size);
    row.head(3) << scattering_length_fm, inverse_length_per_fm, effective_range_fm;
    Eigen::Index at = 3;
    for_each_part(*this, [&](auto const& part) {
        row.segment(at, part.size()) = part.reshaped().matrix().transpose();
        at += part.size();
    });
    return row;
}

BoxNumbers BoxNumbers::from_row(Eigen::RowVectorXd const& row, BoxNumbers const& shape) {
    BoxNumbers result = shape;
    result.scattering_length_fm = row[0];
    result.inverse_length_per_fm = row[1];
    result.effective_range_fm = row[2];
    Eigen::Index at = 3;
    for_each_part(result, [&](auto& part) {
        for (Eigen::Index i = 0; i < part.size(); ++i) part.data()[i] = row[at++];
    });
    return result;
}

BoxNumbers box_energies(Interaction const& interaction, std::string const& name, double reduced_mass_MeV,
                        BoxSettings const& settings) {
    CubicOrbits const orbits(settings.extent);
    auto const box = on_lattice(interaction, name, orbits, settings.inverse_a_MeV);
    auto const spectrum =
        box_spectrum(orbits, settings.order, reduced_mass_MeV / settings.inverse_a_MeV, box, settings.states);
    BoxNumbers result;
    result.energy_MeV = spectrum.energies * settings.inverse_a_MeV;
    result.k2_per_fm2 = result.energy_MeV * interaction.two_mu;
    return result;
}

void add_infinite_volume(Interaction const& interaction, double tolerance, BoxSettings const& settings,
                         BoxNumbers& numbers, Eigen::ArrayXd& curve_k2) {
    auto const& k2 = numbers.k2_per_fm2;
    double const margin = 0.1 * std::pow(2.0 * units::pi / settings.L_fm(), 2);
    if (curve_k2.size() == 0)
        curve_k2 = Eigen::ArrayXd::LinSpaced(curve_points, std::min(0.0, k2.minCoeff()) - margin,
                                             std::max(0.0, k2.maxCoeff()) + margin);
    double highest = std::max(k2.maxCoeff(), curve_k2.maxCoeff());
    std::vector<double> ends;
    for (auto const& momentum : settings.momenta) {
        ends.push_back(highest_k2(settings.pair(momentum), settings.states));
        highest = std::max(highest, ends.back());
    }
    double const lowest = -std::pow(
        std::sqrt(std::max(0.0, -std::min(k2.minCoeff(), curve_k2.minCoeff()))) + beyond_bound / settings.L_fm(), 2);
    InfiniteVolume const infinite(interaction, std::sqrt(highest), lowest, tolerance);
    numbers.scattering_length_fm = infinite.scattering_length();
    numbers.inverse_length_per_fm = 1.0 / numbers.scattering_length_fm;
    numbers.effective_range_fm = infinite.effective_range();

    auto const rest = settings.pair({0, 0, 0});
    double const lightest = units::wave_number_per_fm(std::min(settings.masses_MeV[0], settings.masses_MeV[1]));
    numbers.k_cot_delta_box =
        k2.unaryExpr([&](double x) { return x > -lightest * lightest ? box_k_cot_delta_per_fm(rest, x) : nan; });
    numbers.k_cot_delta_infinite = k2.unaryExpr([&](double x) { return infinite.k_cot_delta(x); });
    numbers.difference = numbers.k_cot_delta_box - numbers.k_cot_delta_infinite;

    double const from = lowest_k2(infinite.binding_momenta(), settings);
    numbers.levels_MeV.resize(settings.states, static_cast<Eigen::Index>(settings.momenta.size()));
    for (std::size_t p = 0; p < settings.momenta.size(); ++p)
        numbers.levels_MeV.col(static_cast<Eigen::Index>(p)) =
            predicted_levels(settings.pair(settings.momenta[p]), infinite, from, ends[p], settings.states) /
            interaction.two_mu;
    numbers.curve = curve_k2.unaryExpr([&](double x) { return infinite.k_cot_delta(x); });
}

}  // namespace hadronforce
