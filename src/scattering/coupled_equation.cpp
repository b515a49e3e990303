#include "scattering/coupled_equation.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/free_waves.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/unseen_potential.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace hadronforce {
namespace {

constexpr double farthest_range_fm = 400.0;

double scale_per_MeV_fm2(std::vector<Channel> const& channels, int i, int j) {
    return units::two_mu_over_hbar2(std::sqrt(channels[static_cast<std::size_t>(i)].reduced_mass_MeV *
                                              channels[static_cast<std::size_t>(j)].reduced_mass_MeV));
}

/// Calls work(i, j, part) for every potential of the upper triangle.
template <class Work>
void for_each_part(PotentialMatrix const& potential, Work const& work) {
    for (int j = 0; j < potential.channels(); ++j)
        for (int i = 0; i <= j; ++i) {
            if (auto const* part = potential.real(i, j)) work(i, j, *part, false);
            if (auto const* part = potential.imaginary(i, j)) work(i, j, *part, true);
        }
}

std::optional<double> common_jump_fm(PotentialMatrix const& potential) {
    std::optional<double> jump;
    for_each_part(potential, [&](int, int, LocalPotential const& part, bool) {
        auto const here = part.discontinuity_fm();
        if (!here) return;
        if (jump && *jump != *here)
            throw InputError("entries of the potential matrix jump at different radii, " + std::to_string(*jump) +
                             " and " + std::to_string(*here) + " fm; they must jump at one");
        jump = here;
    });
    return jump;
}

/// r V and V - (r V)/r towards the origin.
struct Core {
    Eigen::MatrixXcd a;
    Eigen::MatrixXcd b;
};

Core core_of(std::vector<Channel> const& channels, PotentialMatrix const& potential, double r_first_fm) {
    auto const n = static_cast<Eigen::Index>(channels.size());
    Core core{Eigen::MatrixXcd::Zero(n, n), Eigen::MatrixXcd::Zero(n, n)};
    for_each_part(potential, [&](int i, int j, LocalPotential const& part, bool imaginary) {
        std::complex<double> const scale =
            scale_per_MeV_fm2(channels, i, j) * (imaginary ? std::complex<double>(0.0, 1.0) : 1.0);
        double const residue = part.r_times_v_at_origin_MeV_fm();
        if (channels[static_cast<std::size_t>(i)].orbital != channels[static_cast<std::size_t>(j)].orbital) {
            if (residue != 0.0 || std::fabs(part.value_MeV(0.0)) > 1e-9)
                throw InputError(
                    "channels of different l are coupled at r = 0; such a potential must vanish there, as tensor "
                    "forces do");
            return;
        }
        core.a(i, j) += scale * residue;
        core.b(i, j) += scale * (part.value_MeV(r_first_fm) - residue / r_first_fm);
        core.a(j, i) = core.a(i, j);
        core.b(j, i) = core.b(i, j);
    });
    for (Eigen::Index i = 0; i < n; ++i) {
        auto const& channel = channels[static_cast<std::size_t>(i)];
        core.a(i, i) += units::two_mu_over_hbar2(channel.reduced_mass_MeV) * channel.charge_product *
                        units::fine_structure * units::hbar_c_MeV_fm;
    }
    return core;
}

void start_regular_waves(std::vector<Channel> const& channels, PotentialMatrix const& potential, GridLevel const& level,
                         CoupledEquation& equation) {
    double const r = level.r_fm[1];
    Core const core = core_of(channels, potential, r);
    auto const n = core.a.rows();
    equation.y_origin.setZero(n, n);
    equation.y_first.setIdentity(n, n);
    equation.k_squared_first.resize(n);
    // y_0 = -(step^2/12) chi''(0): what is left of (l(l+1)/r^2 + A/r) r^(l+1).
    double const weight = -level.step * level.step / 12.0 * std::pow(level.dr_dx_fm[0], 1.5);
    for (Eigen::Index c = 0; c < n; ++c) {
        int const l = channels[static_cast<std::size_t>(c)].orbital;
        equation.k_squared_first[c] = r * r / (2.0 * (2 * l + 3));
        equation.y_first.col(c) +=
            core.a.col(c) * r / (2.0 * l + 2.0) +
            (core.a * core.a.col(c) / (2.0 * l + 2.0) + core.b.col(c)) * equation.k_squared_first[c];
        if (l == 0) equation.y_origin.col(c) = weight / r * core.a.col(c);
        if (l == 1) equation.y_origin(c, c) = 2.0 * weight / (r * r);
    }
    equation.y_first /= std::sqrt(level.dr_dx_fm[1]);
    equation.k_squared_first /= std::sqrt(level.dr_dx_fm[1]);
}

}  // namespace

OuterNodes outer_nodes(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                       double negligible_per_fm2, double reach_fm, RadialGrid& grid) {
    auto const jump = common_jump_fm(potential);
    for (double search_fm = range_end_fm(reach_fm);; search_fm *= 2.0) {
        if (jump != grid.node_at_fm() || search_fm > grid.r_max_fm())
            grid = grid.resized(std::max(search_fm, grid.r_max_fm()), jump);
        auto const& r = grid.level(0).r_fm;
        Eigen::Index const nodes = std::lower_bound(r.begin(), r.end(), search_fm) - r.begin();
        Eigen::Index last = grid.fixed_node() + 7;
        Eigen::ArrayXd v(nodes - 1);
        for_each_part(potential, [&](int i, int j, LocalPotential const& part, bool) {
            part.fill_MeV(r.segment(1, nodes - 1), v);
            if (!v.isFinite().all())
                throw InputError("entry " + std::to_string(i + 1) + ", " + std::to_string(j + 1) +
                                 " of the potential matrix is not finite everywhere; check its parameters");
            double const negligible_MeV = negligible_per_fm2 / scale_per_MeV_fm2(channels, i, j);
            for (Eigen::Index n = nodes - 1; n > last; --n)
                if (std::fabs(v[n - 1]) >= negligible_MeV) last = n;
        });
        Eigen::Index node = last + 1;
        while (node < nodes && r[node] < reach_fm) ++node;
        if (node < nodes - 2) return {last + 1, node};
        if (r[std::min(last, nodes - 1)] > farthest_range_fm)
            throw InputError("the potential reaches beyond " + std::to_string(static_cast<int>(farthest_range_fm)) +
                             " fm; it must fall off faster");
    }
}

double interpolation_error(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                           RadialGrid const& grid, int level_index, Eigen::Index matching_node_of_level_0) {
    auto const& level = grid.level(level_index);
    Eigen::Index const nodes = (matching_node_of_level_0 << level_index) + 1;
    Eigen::Index const jump = grid.fixed_node() << level_index;
    auto const r = level.r_fm.head(nodes);
    Eigen::ArrayXd v(nodes);
    double largest = 0.0;
    for_each_part(potential, [&](int i, int j, LocalPotential const& part, bool) {
        part.fill_MeV(r, v);
        v *= r;
        double const beyond_jump = jump == 0 ? 0.0 : r[jump] * part.value_MeV(r[jump] * (1.0 + 1e-12));
        largest =
            std::max(largest, scale_per_MeV_fm2(channels, i, j) * unseen_between_nodes(v, level, jump, beyond_jump));
    });
    return largest;
}

CoupledEquation make_coupled_equation(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                                      RadialGrid const& grid, int level_index, Eigen::Index matching_node_of_level_0) {
    auto const& level = grid.level(level_index);
    auto const n = static_cast<Eigen::Index>(channels.size());
    CoupledEquation equation;
    equation.step = level.step;
    equation.match = matching_node_of_level_0 << level_index;
    equation.b = level.energy_weight_fm2.data();
    Eigen::Index const nodes = equation.match + 2;
    equation.a.setZero(n * n, nodes);
    if (potential.is_complex()) equation.imaginary.setZero(n * n, nodes);
    if (grid.node_at_fm()) equation.jump = grid.fixed_node() << level_index;
    double const beyond_jump = grid.node_at_fm() ? *grid.node_at_fm() * (1.0 + 1e-12) : 0.0;

    auto const r = level.r_fm.segment(1, nodes - 1);
    auto const weight = level.energy_weight_fm2.segment(1, nodes - 1);
    Eigen::ArrayXd v(nodes - 1);
    Eigen::MatrixXcd change = Eigen::MatrixXcd::Zero(n, n);
    for_each_part(potential, [&](int i, int j, LocalPotential const& part, bool imaginary) {
        double const scale = scale_per_MeV_fm2(channels, i, j);
        part.fill_MeV(r, v);
        v *= scale * weight;
        auto& target = imaginary ? equation.imaginary : equation.a;
        target.row(j * n + i).tail(nodes - 1) += v.transpose();
        if (i != j) target.row(i * n + j).tail(nodes - 1) += v.transpose();
        if (equation.jump == 0) return;
        double const step_up = scale * equation.b[equation.jump] * part.value_MeV(beyond_jump) - v[equation.jump - 1];
        change(i, j) += imaginary ? std::complex<double>(0.0, step_up) : step_up;
        change(j, i) = change(i, j);
    });
    for (Eigen::Index i = 0; i < n; ++i) {
        auto const& channel = channels[static_cast<std::size_t>(i)];
        int const l = channel.orbital;
        double const coulomb = units::two_mu_over_hbar2(channel.reduced_mass_MeV) * channel.charge_product *
                               units::fine_structure * units::hbar_c_MeV_fm;
        equation.a.row(i * n + i).tail(nodes - 1) +=
            (level.map_weight.segment(1, nodes - 1) + weight * (l * (l + 1.0) / r.square() + coulomb / r)).transpose();
    }
    if (equation.jump != 0) {
        Eigen::ArrayXcd inner = equation.a.col(equation.jump).cast<std::complex<double>>();
        if (potential.is_complex()) inner += std::complex<double>(0.0, 1.0) * equation.imaginary.col(equation.jump);
        equation.a_after_jump = inner.matrix().reshaped(n, n) + change;
    }
    start_regular_waves(channels, potential, level, equation);
    equation.root_g = std::sqrt(level.dr_dx_fm[equation.match]);
    equation.half_slope = 0.5 * grid.map().slope_of_dr_dx(level.r_fm[equation.match]) / equation.root_g;
    return equation;
}

}  // namespace hadronforce
