#pragma once

#include "accuracy/random_forms.hpp"
#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/scattering/coupled_channels.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Core>
#include <Eigen/QR>

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce::testing {

/// sum_a c_a V_a(r).
class WeightedPotentials final : public LocalPotential {
  public:
    using Shared = std::shared_ptr<LocalPotential const>;
    WeightedPotentials(Eigen::ArrayXd weights, std::vector<Shared> parts)
        : weights_(std::move(weights)), parts_(std::move(parts)) {}
    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Eigen::Ref<Eigen::ArrayXd> v_MeV) const override {
        Eigen::ArrayXd part(r_fm.size());
        v_MeV.setZero();
        for (std::size_t a = 0; a < parts_.size(); ++a) {
            parts_[a]->fill_MeV(r_fm, part);
            v_MeV += weights_[static_cast<Eigen::Index>(a)] * part;
        }
    }
    double r_times_v_at_origin_MeV_fm() const override {
        double sum = 0.0;
        for (std::size_t a = 0; a < parts_.size(); ++a)
            sum += weights_[static_cast<Eigen::Index>(a)] * parts_[a]->r_times_v_at_origin_MeV_fm();
        return sum;
    }
    std::optional<double> discontinuity_fm() const override {
        for (auto const& part : parts_)
            if (part->discontinuity_fm()) return part->discontinuity_fm();
        return std::nullopt;
    }
    bool has_knots() const override {
        for (auto const& part : parts_)
            if (part->has_knots()) return true;
        return false;
    }

  private:
    Eigen::ArrayXd weights_;
    std::vector<Shared> parts_;
};

/// Channels as a config may ask for them. What some draws are made of has an answer by single channels.
struct RandomCoupled {
    enum class Kind {
        any,
        decoupled,  ///< V is diagonal: C is that of the first channel alone
        rotated     ///< one mass, threshold, charge and source, V = O diag(V_a) O^T: C = sum_a O_1a^2 C_a
    };
    Kind kind;
    std::vector<Channel> channels;
    PotentialMatrix potential{1};
    std::vector<std::shared_ptr<Source const>> sources;
    std::vector<double> weights;
    Eigen::ArrayXd k_star_MeV;
    std::string description;
    /// Of `rotated` V_a and O_1a^2, of `decoupled` V_11 and 1.
    std::vector<std::pair<double, std::shared_ptr<LocalPotential const>>> alone;

    std::vector<ChannelSource> production() const {
        std::vector<ChannelSource> result;
        for (std::size_t c = 0; c < sources.size(); ++c) result.push_back({sources[c].get(), weights[c]});
        return result;
    }
};

/// Draw number `index` of a seed; one does not depend on the others.
class RandomCoupledDraw : RandomForms {
  public:
    RandomCoupledDraw(unsigned seed, unsigned index) : RandomForms(seed * 1000003u + index) {}

    RandomCoupled operator()() {
        RandomCoupled draw{};
        double const kind = uniform(0.0, 1.0);
        draw.kind = kind < 0.5   ? RandomCoupled::Kind::any
                    : kind < 0.7 ? RandomCoupled::Kind::decoupled
                                 : RandomCoupled::Kind::rotated;
        bool const rotated = draw.kind == RandomCoupled::Kind::rotated;
        int const n = chance(0.15) ? 1 : chance(0.65) ? 2 : chance(0.85) ? 3 : uniform_int(4, 6);
        orbital_ = chance(0.5) ? 0 : chance(0.7) ? uniform_int(1, 4) : uniform_int(5, 20);
        text() << (rotated                                       ? "rotated"
                   : draw.kind == RandomCoupled::Kind::decoupled ? "decoupled"
                                                                 : "any")
               << " l = " << orbital_;
        draw_channels(n, rotated, draw);
        double const scale = source_scale_fm();
        auto const common = source(scale);
        bool const one_source = rotated || chance(0.5);
        for (int c = 0; c < n; ++c) {
            draw.sources.push_back(one_source || c == 0 ? common : source(scale * logarithmic(0.3, 3.0)));
            draw.weights.push_back(c == 0 || rotated ? 1.0 : chance(0.15) ? 0.0 : logarithmic(0.05, 20.0));
            text() << " weight " << draw.weights.back();
        }
        if (rotated)
            draw_rotated(draw);
        else
            draw_potentials(draw);
        draw.k_star_MeV = momenta(4);
        approach_threshold(draw);
        draw.description = description();
        return draw;
    }

  private:
    double mass() { return units::reduced_mass(logarithmic(100.0, 1e4), logarithmic(100.0, 1e4)); }
    double charge() {
        if (chance(0.5)) return 0.0;
        return (chance(0.5) ? 1.0 : -1.0) * (chance(0.5) ? 1.0 : std::round(logarithmic(1.0, 100.0)));
    }

    void draw_channels(int n, bool same, RandomCoupled& draw) {
        bool const neutral = chance(0.5);
        draw.channels.push_back({mass(), 0.0, orbital_, neutral ? 0.0 : charge()});
        double const widest_MeV = chance(0.4) ? 10.0 : chance(0.9) ? 300.0 : 5000.0;
        for (int c = 1; c < n; ++c) {
            Channel channel = draw.channels.front();
            if (!same) {
                channel.reduced_mass_MeV = mass();
                channel.threshold_MeV = chance(0.1) ? 0.0 : (chance(0.6) ? 1.0 : -1.0) * logarithmic(0.1, widest_MeV);
                channel.charge_product = neutral ? 0.0 : charge();
            }
            draw.channels.push_back(channel);
        }
        for (auto const& channel : draw.channels)
            text() << "; mu " << channel.reduced_mass_MeV << " threshold " << channel.threshold_MeV << " charges "
                   << channel.charge_product;
    }

    /// One that jumps where the others do, or not at all.
    std::shared_ptr<LocalPotential const> potential_with_common_jump(double reduced_mass_MeV) {
        for (;;) {
            auto drawn = potential(reduced_mass_MeV);
            auto const jump = drawn->discontinuity_fm();
            if (jump && jump_fm_ && *jump != *jump_fm_) {
                text() << " (not taken)";
                continue;
            }
            if (jump) jump_fm_ = jump;
            return drawn;
        }
    }

    void draw_potentials(RandomCoupled& draw) {
        int const n = static_cast<int>(draw.channels.size());
        draw.potential = PotentialMatrix(n);
        bool const absorbs = draw.kind == RandomCoupled::Kind::any && chance(0.3);
        for (int j = 0; j < n; ++j)
            for (int i = 0; i <= j; ++i) {
                bool const diagonal = i == j;
                if (!diagonal && (draw.kind == RandomCoupled::Kind::decoupled || chance(0.2))) continue;
                if (diagonal && chance(0.15) && !(i == 0 && n == 1)) continue;
                text() << "; V" << i + 1 << j + 1;
                auto const mu_i = draw.channels[static_cast<std::size_t>(i)].reduced_mass_MeV,
                           mu_j = draw.channels[static_cast<std::size_t>(j)].reduced_mass_MeV;
                auto real = potential_with_common_jump(std::sqrt(mu_i * mu_j));
                std::shared_ptr<LocalPotential const> imaginary;
                if (diagonal && absorbs && chance(0.6)) {
                    double const depth = -logarithmic(1.0, 500.0), range = logarithmic(0.3, 1.5);
                    text() << " i " << depth << " MeV " << range << " fm";
                    imaginary =
                        make_potential("sum_of_gaussians", {{"strengths_MeV", {depth}}, {"ranges_fm", {range}}}, mu_i);
                }
                if (i == 0 && j == 0 && draw.kind == RandomCoupled::Kind::decoupled) draw.alone = {{1.0, real}};
                draw.potential.set(i, j, std::move(real), std::move(imaginary));
            }
    }

    void draw_rotated(RandomCoupled& draw) {
        auto const n = static_cast<Eigen::Index>(draw.channels.size());
        Eigen::MatrixXd numbers(n, n);
        for (double& number : numbers.reshaped()) number = uniform(-1.0, 1.0);
        Eigen::MatrixXd const rotation = numbers.householderQr().householderQ();
        std::vector<std::shared_ptr<LocalPotential const>> parts;
        for (Eigen::Index a = 0; a < n; ++a) {
            text() << "; V" << a + 1;
            parts.push_back(potential_with_common_jump(draw.channels.front().reduced_mass_MeV));
            draw.alone.push_back({rotation(0, a) * rotation(0, a), parts.back()});
        }
        draw.potential = PotentialMatrix(static_cast<int>(n));
        for (int j = 0; j < n; ++j)
            for (int i = 0; i <= j; ++i)
                draw.potential.set(i, j,
                                   std::make_shared<WeightedPotentials>(
                                       (rotation.row(i).array() * rotation.row(j).array()).transpose(), parts));
    }

    /// Moves one momentum to where a channel opens, from below or above.
    void approach_threshold(RandomCoupled& draw) {
        if (!chance(0.35)) return;
        for (auto const& channel : draw.channels) {
            if (channel.threshold_MeV <= 0.0) continue;
            double const at_MeV = std::sqrt(2.0 * draw.channels.front().reduced_mass_MeV * channel.threshold_MeV);
            if (at_MeV < draw.k_star_MeV[0] || at_MeV > 500.0) continue;
            double const off = (chance(0.5) ? 1.0 : -1.0) * logarithmic(1e-8, 1e-1);
            Eigen::Index nearest = 0;
            (draw.k_star_MeV - at_MeV).abs().minCoeff(&nearest);
            draw.k_star_MeV[nearest] = at_MeV * (1.0 + off);
            text() << "; k* " << draw.k_star_MeV[nearest] << " is off a threshold by " << off;
            return;
        }
    }

    int orbital_ = 0;
    std::optional<double> jump_fm_;
};

}  // namespace hadronforce::testing
