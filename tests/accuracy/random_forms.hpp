#pragma once

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce::testing {

/// Draws potentials, sources and momenta of all kinds, and keeps a description of what was drawn.
class RandomForms {
  protected:
    explicit RandomForms(std::uint_fast64_t seed) : generator_(seed) {}

    double uniform(double low, double high) { return std::uniform_real_distribution<double>(low, high)(generator_); }
    double logarithmic(double low, double high) { return std::exp(uniform(std::log(low), std::log(high))); }
    int uniform_int(int low, int high) { return std::uniform_int_distribution<int>(low, high)(generator_); }
    bool chance(double probability) { return uniform(0.0, 1.0) < probability; }
    double strength(double low, double high) { return (chance(0.65) ? -1.0 : 1.0) * logarithmic(low, high); }

    double source_scale_fm() { return chance(0.75) ? logarithmic(0.5, 5.0) : logarithmic(1e-15, 1e4); }

    std::shared_ptr<LocalPotential const> potential(double reduced_mass_MeV) {
        auto const& forms = potential_forms();
        auto const& form = forms[static_cast<std::size_t>(uniform_int(0, static_cast<int>(forms.size()) - 1))];
        text_ << " " << form.name;
        PotentialParameters parameters;
        std::size_t const terms = static_cast<std::size_t>(uniform_int(1, 2));
        for (auto const& parameter : form.parameters) {
            std::vector<double> values;
            for (std::size_t i = 0; i < (parameter.is_list ? terms : 1); ++i) values.push_back(value_of(parameter.key));
            if (form.name == "tabulated" && parameter.key == "radii_fm") {
                values.clear();
                for (int i = 0; i <= 24; ++i) values.push_back(0.25 * i);
            }
            if (form.name == "tabulated" && parameter.key == "values_MeV") {
                double const depth = strength(5.0, 500.0), range = logarithmic(0.3, 1.5);
                values.clear();
                for (int i = 0; i <= 24; ++i) values.push_back(depth * std::exp(-std::pow(0.25 * i / range, 2)));
                values.back() = 0.0;
            }
            parameters[parameter.key] = values;
        }
        if (form.name.rfind("bargmann", 0) == 0)
            parameters["rho_per_fm"] = {parameters["sigma_per_fm"][0] * uniform(1.1, 3.0)};
        if (form.name == "argonne_v18") {
            bool const triplet = chance(0.5);
            parameters["pair"] = {parameters.count("pair") ? parameters["pair"][0] : 0.0};
            parameters["spin"] = {triplet ? 1.0 : 0.0};
        }
        for (auto const& [key, values] : parameters) {
            text_ << " " << key;
            for (double value : values) text_ << " " << value;
        }
        try {
            return make_potential(form.name, parameters, reduced_mass_MeV);
        } catch (InputError const&) {
            // Quantum numbers that a form does not have, say: another form.
            text_ << " (refused)";
            return potential(reduced_mass_MeV);
        }
    }

    std::shared_ptr<Source const> source(double scale) {
        SourceParameters parameters{{"r0_fm", {scale}}};
        std::string form;
        switch (uniform_int(0, 7)) {
            case 0:
                form = "exponential";
                break;
            case 1:
                form = "cauchy";
                break;
            case 2:
                form = "double_gaussian";
                parameters["r0_second_fm"] = {scale * logarithmic(0.2, 10.0)};
                parameters["fraction"] = {uniform(0.0, 1.0)};
                break;
            case 3:
                form = "levy";
                parameters["alpha"] = {chance(0.3) ? 2.0 : uniform(1.0, 2.0)};
                break;
            case 4:
                form = "core_and_resonances";
                for (auto const& parameter : source_form(form).parameters) {
                    if (parameter.key == "r0_fm") continue;
                    bool const is_length = parameter.key.find("_fm") != std::string::npos;
                    parameters[parameter.key] = {is_length ? std::min(40.0, scale * logarithmic(0.3, 5.0))
                                                           : uniform(0.0, 0.5)};
                }
                break;
            case 5:
                form = "tabulated";
                parameters = table_of_source(scale);
                break;
            default:
                form = "gaussian";
        }
        text_ << "; " << form;
        for (auto const& [key, values] : parameters) text_ << " " << key << " " << values[0];
        try {
            return make_source(form, parameters);
        } catch (InputError const&) {
            text_ << " (refused) gaussian";
            return std::make_shared<GaussianSource>(scale);
        }
    }

    /// Sets where all are small, and ordinary ones.
    Eigen::ArrayXd momenta(int most_points) {
        double const k_max = chance(0.35) ? logarithmic(0.01, 5.0) : logarithmic(5.0, 400.0);
        double const k_min = std::max(0.003, k_max * logarithmic(0.003, 0.5));
        int const points = 4 + 4 * uniform_int(0, most_points / 4 - 1);
        Eigen::ArrayXd const k_MeV = Eigen::ArrayXd::LinSpaced(points, std::min(k_min, 0.9 * k_max), k_max);
        text_ << "; k* " << k_MeV[0] << " .. " << k_max << " MeV/c, " << points;
        return k_MeV;
    }

    std::ostringstream& text() { return text_; }
    std::string description() const { return text_.str(); }

  private:
    /// Cut off where there are pairs or none, with or without scatter.
    SourceParameters table_of_source(double scale) {
        int const points = uniform_int(5, 80);
        double const end_fm = scale * logarithmic(1.0, 12.0), scatter = chance(0.5) ? 0.0 : logarithmic(1e-4, 0.5);
        double const first = chance(0.5) ? 0.0 : 0.5;
        std::vector<double> radii, values;
        for (int i = 0; i < points; ++i) {
            radii.push_back(end_fm * (i + first) / (points - 1 + first));
            values.push_back(GaussianSource(scale).density_per_fm3(radii.back()) *
                             (1.0 + scatter * uniform(-1.0, 1.0)));
        }
        text_ << "; scale " << scale << ", " << points << " points to " << end_fm << " fm, scatter " << scatter;
        return {{"radii_fm", radii}, {"values_per_fm3", values}};
    }

    /// By what the key is called, as a reader of the table of forms would choose.
    double value_of(std::string const& key) {
        auto const ends_in = [&](char const* end) {
            std::string const s(end);
            return key.size() >= s.size() && key.compare(key.size() - s.size(), s.size(), s) == 0;
        };
        if (key == "n_pi") return uniform_int(1, 3);
        if (key == "b2_per_fm2" || key == "b4_per_fm2") return logarithmic(0.1, 150.0);
        if (key == "m_pi_MeV" || key == "m_MeV") return logarithmic(100.0, 800.0);
        if (key == "sigma_per_fm" || key == "theta") return uniform(0.2, 1.5);
        if (key == "scale") return 1.0;
        if (ends_in("per_fm2")) return logarithmic(0.5, 20.0);
        if (ends_in("per_fm")) return logarithmic(0.5, 5.0);
        if (key == "diffuseness_fm" || key == "core_diffuseness_fm") return logarithmic(0.01, 0.4);
        if (ends_in("_fm2") || ends_in("_fm")) {
            if (key.find("MeV") != std::string::npos) return strength(5.0, 500.0);
            return logarithmic(0.15, 2.0);
        }
        if (ends_in("MeV")) return strength(1.0, 2000.0);
        return uniform_int(0, 2);
    }

    std::mt19937_64 generator_;
    std::ostringstream text_;
};

}  // namespace hadronforce::testing
