#include "hadronforce/femtoscopy/lednicky_pair.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/partial_wave.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>
#include <complex>
#include <string>

namespace hadronforce {
namespace {

/// Of a channel at some values of the parameters.
struct Amplitude {
    std::complex<double> inverse_length;  // 1/a0
    double effective_range = 0.0;
    bool is_none = false;

    std::complex<double> at(double k, double eta) const {
        if (is_none) return 0.0;
        double const density = eta == 0.0 ? 1.0 : gamow_factor(eta);
        double const of_charges = eta == 0.0 ? 0.0 : 2.0 * k * eta * coulomb_range_function(eta);
        return 1.0 /
               (-inverse_length + 0.5 * effective_range * k * k - of_charges - std::complex<double>(0.0, k * density));
    }
};

Amplitude amplitude_of(LednickyChannel const& channel, Eigen::VectorXd const& parameters) {
    if (!channel.a0_real_fm) return {0.0, 0.0, true};
    std::complex<double> const a0(channel.a0_real_fm->at(parameters), channel.a0_imaginary_fm.at(parameters));
    if (a0.imag() > 0.0)
        throw InputError("a0_imaginary_fm = " + std::to_string(a0.imag()) +
                         " makes pairs; f = -a0 at threshold, so that losses are negative");
    return {1.0 / a0, channel.r_eff_fm.at(parameters), a0 == 0.0};
}

class LednickySolver final : public PairSolver {
  public:
    LednickySolver(LednickyModel model, Eigen::ArrayXd k_star_MeV)
        : model_(std::move(model)), k_star_MeV_(std::move(k_star_MeV)) {
        if (!(k_star_MeV_ > 0.0).all()) throw InputError("k* must be positive");
    }

    PairSolution solve(Eigen::VectorXd const& parameters) override {
        make_source(model_.source.form, model_.source.at(parameters));  // throws for a bad r0_fm
        double const r0_fm = model_.source.at(parameters).at("r0_fm").front();
        double const two_eta_k = PartialWaveKind{0, model_.charge_product}.two_eta_k_per_fm(model_.reduced_mass_MeV);
        PairSolution solution;
        solution.correlation = Eigen::ArrayXd::Zero(k_star_MeV_.size());
        for (auto const& channel : model_.channels) {
            auto const amplitude = amplitude_of(channel, parameters);
            double const correction = model_.small_source_correction ? amplitude.effective_range : 0.0;
            Eigen::ArrayXd real(k_star_MeV_.size()), imaginary(k_star_MeV_.size());
            for (Eigen::Index j = 0; j < k_star_MeV_.size(); ++j) {
                double const k = units::wave_number_per_fm(k_star_MeV_[j]), eta = 0.5 * two_eta_k / k;
                auto const f = amplitude.at(k, eta);
                real[j] = f.real();
                imaginary[j] = f.imag();
                double const gain = lednicky_lyuboshits_gain(k, f, correction, r0_fm);
                double const exchange = std::exp(-std::pow(2.0 * k * r0_fm, 2));
                double const c = channel.exchange == Exchange::none   ? 1.0 + gain
                                 : channel.exchange == Exchange::even ? 1.0 + exchange + 2.0 * gain
                                                                      : 1.0 - exchange;
                solution.correlation[j] += channel.weight * (two_eta_k == 0.0 ? 1.0 : gamow_factor(eta)) * c;
            }
            if (!channel.a0_real_fm) continue;
            solution.curves.push_back(std::move(real));
            solution.curves.push_back(std::move(imaginary));
        }
        return solution;
    }

  private:
    LednickyModel model_;
    Eigen::ArrayXd k_star_MeV_;
};

}  // namespace

LednickyPair::LednickyPair(LednickyModel model) : model_(std::move(model)) {
    if (model_.source.form != "gaussian")
        throw InputError("the Lednicky-Lyuboshits model has a Gaussian source, not one of the form " +
                         model_.source.form);
}

void LednickyPair::for_each_number(std::function<void(ModelNumber const&)> const& visit) const {
    for (auto const& channel : model_.channels) {
        if (channel.a0_real_fm) visit(*channel.a0_real_fm);
        visit(channel.a0_imaginary_fm);
        visit(channel.r_eff_fm);
    }
}

void LednickyPair::check(Eigen::VectorXd const& parameters) const {
    for (auto const& channel : model_.channels) amplitude_of(channel, parameters);
    make_source(model_.source.form, model_.source.at(parameters));
}

PairQuantities LednickyPair::quantities() const {
    PairQuantities result;
    for (std::size_t c = 0; c < model_.channels.size(); ++c) {
        if (!model_.channels[c].a0_real_fm) continue;
        auto const& name = model_.channels[c].name;
        std::string const prefix = model_.channels.size() == 1 ? ""
                                   : name.empty()              ? "channels[" + std::to_string(c) + "]."
                                                               : name + ".";
        result.curves.push_back({prefix + "f_real_fm", "fm", "real part of the scattering amplitude"});
        result.curves.push_back({prefix + "f_imaginary_fm", "fm", "imaginary part of the scattering amplitude"});
    }
    return result;
}

std::unique_ptr<PairSolver> LednickyPair::solver(Eigen::ArrayXd const& k_star_MeV, double) const {
    return std::make_unique<LednickySolver>(model_, k_star_MeV);
}

}  // namespace hadronforce
