#pragma once

#include "accuracy/random_forms.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace hadronforce::testing {

/// A pair as a config may ask for it: any form, any source, l = 0 .. 20, charges -100 .. 100, masses of 100 MeV to 10
/// GeV, momenta from 0.003 MeV/c.
struct RandomPair {
    double reduced_mass_MeV;
    int charge_product;
    std::vector<SpinChannel> channels;
    std::shared_ptr<Source const> source;
    double source_scale_fm;
    Eigen::ArrayXd k_star_MeV;
    std::string description;
};

/// Draw number `index` of a seed; one does not depend on the others.
class RandomPairDraw : RandomForms {
  public:
    RandomPairDraw(unsigned seed, unsigned index) : RandomForms(seed * 1000003u + index) {}

    RandomPair operator()() {
        RandomPair pair{};
        bool const identical = chance(0.4);
        double const mass1 = logarithmic(100.0, 1e4), mass2 = identical ? mass1 : logarithmic(100.0, 1e4);
        pair.reduced_mass_MeV = units::reduced_mass(mass1, mass2);
        pair.charge_product =
            chance(0.5) ? 0 : (chance(0.5) ? 1 : -1) * static_cast<int>(std::lround(logarithmic(1.0, 100.0)));
        if (identical) pair.charge_product = std::abs(pair.charge_product);
        text() << "mu " << pair.reduced_mass_MeV << " MeV, charges " << pair.charge_product;
        double const share = chance(0.5) ? 1.0 : 0.25;
        bool const even_first = chance(0.5);
        for (int c = 0; c < (share == 1.0 ? 1 : 2); ++c) {
            Exchange const exchange = !identical               ? Exchange::none
                                      : even_first == (c == 0) ? Exchange::even
                                                               : Exchange::odd;
            pair.channels.push_back(channel(c == 0 ? share : 1.0 - share, exchange, pair.reduced_mass_MeV));
        }
        pair.source_scale_fm = source_scale_fm();
        pair.source = source(pair.source_scale_fm);
        pair.k_star_MeV = momenta(16);
        pair.description = description();
        return pair;
    }

  private:
    SpinChannel channel(double weight, Exchange exchange, double reduced_mass_MeV) {
        SpinChannel channel{weight, exchange, {}};
        int const waves = uniform_int(0, 9) == 0 ? 0 : chance(0.7) ? 1 : 2;
        text() << "; channel " << weight;
        for (int i = 0; i < waves; ++i) {
            int l = chance(0.4) ? 0 : chance(0.6) ? uniform_int(1, 4) : uniform_int(5, 20);
            if (exchange != Exchange::none && (l % 2 == 0) != (exchange == Exchange::even)) l += l == 20 ? -1 : 1;
            bool const taken = std::any_of(channel.waves.begin(), channel.waves.end(),
                                           [l](PartialWave const& wave) { return wave.l == l; });
            if (taken) continue;
            text() << " l = " << l;
            channel.waves.push_back({l, potential(reduced_mass_MeV)});
        }
        return channel;
    }
};

}  // namespace hadronforce::testing
