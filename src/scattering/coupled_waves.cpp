#include "hadronforce/scattering/coupled_waves.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/channel_wave.hpp"
#include "scattering/coupled_equation.hpp"
#include "scattering/coupled_numerov.hpp"
#include "scattering/unseen_potential.hpp"

#include <Eigen/LU>

#include <cmath>
#include <map>
#include <utility>

namespace hadronforce {
namespace {

using Complex = std::complex<double>;
using ChannelWaves = std::vector<ChannelWave>;

ChannelWaves waves_at(std::vector<Channel> const& channels, Eigen::ArrayXd const& k_squared, double radius_fm) {
    ChannelWaves waves;
    for (std::size_t j = 0; j < channels.size(); ++j)
        waves.push_back(channel_wave(channels[j], k_squared[static_cast<Eigen::Index>(j)], radius_fm));
    return waves;
}

/// x_i = out_i tau_i of w = F_c e_c + x, for every entrance channel c that is open (zero columns elsewhere):
/// (L - Y) x = Y e_c F_c - e_c F_c' with Y = w' w^-1 inside and L = out'/out.
Eigen::MatrixXcd outgoing_parts(ChannelWaves const& waves, Eigen::MatrixXcd const& log_slope) {
    auto const n = static_cast<Eigen::Index>(waves.size());
    Eigen::MatrixXcd right = Eigen::MatrixXcd::Zero(n, n);
    Eigen::MatrixXcd left = -log_slope;
    for (Eigen::Index c = 0; c < n; ++c) {
        auto const& wave = waves[static_cast<std::size_t>(c)];
        left(c, c) += wave.out_log_slope;
        right.col(c) = log_slope.col(c) * wave.f;
        right(c, c) -= wave.f_slope;
    }
    return left.partialPivLu().solve(right);
}

/// S_ic = delta_ic + 2i (k_i/k_c)^(1/2) tau_ic over the open channels.
Eigen::MatrixXcd s_matrix_of(ChannelWaves const& waves, Eigen::MatrixXcd const& outgoing) {
    std::vector<Eigen::Index> open;
    for (std::size_t j = 0; j < waves.size(); ++j)
        if (waves[j].open) open.push_back(static_cast<Eigen::Index>(j));
    auto const n = static_cast<Eigen::Index>(open.size());
    Eigen::MatrixXcd s = Eigen::MatrixXcd::Identity(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index c = 0; c < n; ++c) {
            auto const& exit = waves[static_cast<std::size_t>(open[static_cast<std::size_t>(i)])];
            auto const& entrance = waves[static_cast<std::size_t>(open[static_cast<std::size_t>(c)])];
            s(i, c) += Complex(0.0, 2.0) * std::sqrt(exit.wave_number_per_fm / entrance.wave_number_per_fm) *
                       outgoing(open[static_cast<std::size_t>(i)], open[static_cast<std::size_t>(c)]) / exit.out;
        }
    return s;
}

/// At zero energy w_1 = r - a0 outside, other channels outgoing or decaying.
Complex threshold_number(ChannelWaves const& waves, Eigen::MatrixXcd const& log_slope, double radius_fm) {
    Eigen::Index const others = log_slope.rows() - 1;
    Complex y = log_slope(0, 0);
    if (others > 0) {
        Eigen::MatrixXcd left = -log_slope.bottomRightCorner(others, others);
        for (Eigen::Index j = 0; j < others; ++j) left(j, j) += waves[static_cast<std::size_t>(j) + 1].out_log_slope;
        Eigen::VectorXcd const elsewhere = left.partialPivLu().solve(log_slope.col(0).tail(others));
        y += (log_slope.row(0).tail(others) * elsewhere).value();
    }
    // a0 = (R y - 1)/y
    Complex const i(0.0, 1.0);
    Complex const a0_times_y = radius_fm * y - 1.0;
    return (y - i * a0_times_y) / (y + i * a0_times_y);
}

}  // namespace

struct CoupledWaves::Work {
    std::vector<Channel> channels;
    Eigen::ArrayXd k_per_fm;
    Eigen::ArrayXXd k_squared;  // the last column is zero energy of the first channel
    bool has_scattering_length = false;
    RadialGrid grid;
    PotentialMatrix const* potential = nullptr;
    bool is_real = true;  // the potential
    OuterNodes nodes{0, 0};
    std::unique_ptr<CoupledNumerov> numerov = nullptr;
    /// By matching radius, then by momenta and at zero energy.
    std::map<double, std::vector<ChannelWaves>> outside = {};
    /// By radius, then by momenta: the first channel's.
    std::map<double, ChannelWaves> first_outside = {};

    Eigen::ArrayXXd k_squared_of(Eigen::ArrayXd const& k_first) const;
    std::vector<ChannelWaves> const& outside_at(double radius_fm);
    ChannelWaves const& first_channel_at(double radius_fm);
};

Eigen::ArrayXXd CoupledWaves::Work::k_squared_of(Eigen::ArrayXd const& k_first) const {
    Eigen::ArrayXXd result(static_cast<Eigen::Index>(channels.size()), k_first.size());
    for (std::size_t j = 0; j < channels.size(); ++j)
        result.row(static_cast<Eigen::Index>(j)) =
            k_first.square().transpose() * (channels[j].reduced_mass_MeV / channels[0].reduced_mass_MeV) -
            units::two_mu_over_hbar2(channels[j].reduced_mass_MeV) * channels[j].threshold_MeV;
    return result;
}

std::vector<ChannelWaves> const& CoupledWaves::Work::outside_at(double radius_fm) {
    auto& waves = outside[radius_fm];
    Eigen::Index const energies = k_per_fm.size() + (has_scattering_length ? 1 : 0);
    for (auto j = static_cast<Eigen::Index>(waves.size()); j < energies; ++j)
        waves.push_back(waves_at(channels, k_squared.col(j), radius_fm));
    return waves;
}

ChannelWaves const& CoupledWaves::Work::first_channel_at(double radius_fm) {
    auto& waves = first_outside[radius_fm];
    for (auto j = static_cast<Eigen::Index>(waves.size()); j < k_per_fm.size(); ++j)
        waves.push_back(channel_wave(channels.front(), k_squared(0, j), radius_fm));
    return waves;
}

CoupledWaves::CoupledWaves(std::vector<Channel> channels, Eigen::ArrayXd k_per_fm) {
    Work work{std::move(channels), std::move(k_per_fm), {}, false, RadialGrid(0.16, 20.0, std::nullopt)};
    Eigen::ArrayXd with_zero(work.k_per_fm.size() + 1);
    with_zero << work.k_per_fm, 0.0;
    work.k_squared = work.k_squared_of(with_zero);
    work.has_scattering_length = work.channels[0].orbital == 0 && work.channels[0].charge_product == 0.0;
    for (std::size_t j = 1; j < work.channels.size(); ++j)
        if (work.channels[j].charge_product != 0.0 && work.channels[j].threshold_MeV == 0.0)
            work.has_scattering_length = false;
    for (std::size_t c = 0; c < work.channels.size(); ++c)
        for (Eigen::Index j = 0; j < work.k_per_fm.size() + (work.has_scattering_length ? 1 : 0); ++j)
            if (c > 0 || j < work.k_per_fm.size())
                check_channel_eta(work.channels[c], static_cast<int>(c),
                                  work.k_squared(static_cast<Eigen::Index>(c), j));
    double const fastest = std::sqrt(work.k_squared.abs().maxCoeff());
    work.grid = RadialGrid(std::min(0.16, 0.25 / fastest), 20.0, std::nullopt);
    work_ = std::make_unique<Work>(std::move(work));
}

CoupledWaves::~CoupledWaves() = default;
CoupledWaves::CoupledWaves(CoupledWaves&&) noexcept = default;
CoupledWaves& CoupledWaves::operator=(CoupledWaves&&) noexcept = default;

void CoupledWaves::set_potential(PotentialMatrix const& potential, double negligible_per_fm2, double reach_fm) {
    Work& w = *work_;
    auto const node_before = w.grid.node_at_fm();
    w.nodes = outer_nodes(w.channels, potential, negligible_per_fm2, reach_fm, w.grid);
    if (w.grid.node_at_fm() != node_before) {
        w.outside.clear();
        w.first_outside.clear();
    }
    w.potential = &potential;
    w.is_real = !potential.is_complex();
    w.numerov = make_coupled_numerov(potential.channels(), potential.is_complex());
}

CoupledWavesAtLevel CoupledWaves::at_level(int level, Eigen::ArrayXXd const& weights) {
    Work& w = *work_;
    auto const equation = make_coupled_equation(w.channels, *w.potential, w.grid, level, w.nodes.match);
    Eigen::Index const momenta = w.k_per_fm.size();
    double const radius_fm = w.grid.level(0).r_fm[w.nodes.match];
    auto const& outside_waves = w.outside_at(radius_fm);
    auto const& first_at_potential_end = w.first_channel_at(potential_end_fm());
    CoupledWavesAtLevel result;
    if (weights.size() > 0) {
        result.tau.resize(momenta);
        result.density.resize(static_cast<Eigen::Index>(w.channels.size()), momenta);
        result.outgoing_at_potential_end.resize(result.density.rows(), momenta);
    }
    Eigen::Index const potential_end = w.nodes.potential_end << level;
    double const root_g_there = std::sqrt(w.grid.level(level).dr_dx_fm[potential_end]);
    for (Eigen::Index j = 0; j < static_cast<Eigen::Index>(outside_waves.size()); ++j) {
        auto const& outside = outside_waves[static_cast<std::size_t>(j)];
        Eigen::MatrixXcd log_slope = w.numerov->outward(equation, w.k_squared.col(j)) / equation.root_g;
        log_slope.diagonal().array() += equation.half_slope;
        log_slope /= equation.root_g;
        if (j == momenta) {
            result.threshold = threshold_number(outside, log_slope, radius_fm);
            continue;
        }
        Eigen::MatrixXcd const outgoing = outgoing_parts(outside, log_slope);
        result.s_matrix.push_back(s_matrix_of(outside, outgoing));
        if (weights.size() == 0) continue;
        Eigen::VectorXcd wave = outgoing.col(0);
        wave[0] += outside[0].f;
        auto const inside = w.numerov->inward(wave / equation.root_g, weights, potential_end);
        for (std::size_t c = 0; c < w.channels.size(); ++c) {
            auto const row = static_cast<Eigen::Index>(c);
            double const mass_ratio = w.channels[c].reduced_mass_MeV / w.channels[0].reduced_mass_MeV;
            result.density(row, j) = mass_ratio * inside.density[row];
            result.outgoing_at_potential_end(row, j) = std::sqrt(mass_ratio) * root_g_there * inside.at_node[row];
        }
        auto const& first = first_at_potential_end[static_cast<std::size_t>(j)];
        result.outgoing_at_potential_end(0, j) -= first.f;
        result.tau[j] = result.outgoing_at_potential_end(0, j) / first.out;
    }
    return result;
}

int CoupledWaves::first_level(double tolerance) const {
    Work const& w = *work_;
    double const small = negligibly_unseen(tolerance);
    int level = 0;
    while (level < RadialGrid::finest_level - 2 &&
           interpolation_error(w.channels, *w.potential, w.grid, level + 1, w.nodes.match) > small)
        ++level;
    return level;
}

void CoupledWaves::resolve(double scale_fm) {
    double inner_fm = RadialGrid::ordinary_inner_fm;
    while (inner_fm > scale_fm / 3.0) inner_fm /= 4.0;
    auto& grid = work_->grid;
    if (inner_fm == grid.inner_fm()) return;
    grid = RadialGrid(grid.base_step(), grid.r_max_fm(), grid.node_at_fm(), inner_fm);
    work_->outside.clear();
    work_->first_outside.clear();
}

RadialGrid const& CoupledWaves::grid() const noexcept { return work_->grid; }
Eigen::Index CoupledWaves::matching_node() const noexcept { return work_->nodes.match; }
double CoupledWaves::potential_end_fm() const noexcept { return work_->grid.level(0).r_fm[work_->nodes.potential_end]; }
std::vector<Channel> const& CoupledWaves::channels() const noexcept { return work_->channels; }
Eigen::ArrayXd const& CoupledWaves::k_per_fm() const noexcept { return work_->k_per_fm; }
Eigen::ArrayXXd const& CoupledWaves::k_squared_per_fm2() const noexcept { return work_->k_squared; }

Eigen::Index CoupledWaves::packed_size() const {
    Eigen::Index size = work_->has_scattering_length ? 2 : 0;
    for (Eigen::Index j = 0; j < work_->k_per_fm.size(); ++j) {
        Eigen::Index const open = (work_->k_squared.col(j) > 0.0).count();
        size += 2 * open * open;
    }
    return size;
}

Eigen::ArrayXd CoupledWaves::packed(CoupledWavesAtLevel const& waves) {
    Eigen::Index size = waves.threshold ? 2 : 0;
    for (auto const& s : waves.s_matrix) size += 2 * s.size();
    Eigen::ArrayXd values(size);
    Eigen::Index at = 0;
    auto const append = [&](Complex value) {
        values[at++] = value.real();
        values[at++] = value.imag();
    };
    for (auto const& s : waves.s_matrix)
        for (Complex value : s.reshaped()) append(value);
    if (waves.threshold) append(*waves.threshold);
    return values;
}

CoupledScattering CoupledWaves::unpacked(Eigen::Ref<Eigen::ArrayXd const> const& values) const {
    Work const& w = *work_;
    Eigen::Index const momenta = w.k_per_fm.size();
    CoupledScattering result;
    result.s11.resize(momenta);
    result.delta_rad.resize(momenta);
    result.error_estimate = 0.0;
    Eigen::Index at = 0;
    auto const next = [&] {
        at += 2;
        return Complex(values[at - 2], values[at - 1]);
    };
    for (Eigen::Index j = 0; j < momenta; ++j) {
        std::vector<int> open;
        for (std::size_t c = 0; c < w.channels.size(); ++c)
            if (w.k_squared(static_cast<Eigen::Index>(c), j) > 0.0) open.push_back(static_cast<int>(c));
        auto const n = static_cast<Eigen::Index>(open.size());
        Eigen::MatrixXcd s(n, n);
        for (Complex& value : s.reshaped()) value = next();
        double const half_angle = 0.5 * std::arg(s(0, 0));
        double const nearest = j == 0 ? 0.0 : std::round((result.delta_rad[j - 1] - half_angle) / units::pi);
        result.delta_rad[j] = half_angle + units::pi * nearest;
        result.s11[j] = n == 1 && w.is_real ? s(0, 0) / std::abs(s(0, 0)) : s(0, 0);
        result.s_matrix.push_back(std::move(s));
        result.open_channels.push_back(std::move(open));
    }
    // Where pairs cannot leave the first channel, rounding is all that |S_11| - 1 and Im a0 could be.
    result.inelasticity = result.s11.abs();
    for (Eigen::Index j = 0; j < momenta; ++j)
        if (w.is_real && result.open_channels[static_cast<std::size_t>(j)].size() == 1) result.inelasticity[j] = 1.0;
    if (w.has_scattering_length) {
        Complex const number = next();
        Complex const a0_fm = Complex(0.0, 1.0) * (number - 1.0) / (number + 1.0);
        bool const is_elastic = w.is_real && (w.k_squared.col(momenta).tail(w.k_squared.rows() - 1) <= 0.0).all();
        result.scattering_length_fm = is_elastic ? Complex(a0_fm.real(), 0.0) : a0_fm;
    }
    return result;
}

}  // namespace hadronforce
