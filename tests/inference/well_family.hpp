#pragma once

#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"

namespace hadronforce {

/// A Gaussian well of unknown depth and range, and a source of unknown radius.
inline SampleFamily well_family() {
    UncoupledModel pair;
    pair.reduced_mass_MeV = 601.0;
    ModelForm const potential{"sum_of_gaussians", {{"strengths_MeV", {{0.0, 0}}}, {"ranges_fm", {{0.0, 1}}}}};
    pair.channels.push_back({1.0, Exchange::none, {{0, potential}}});
    pair.source = {"gaussian", {{"r0_fm", {{0.0, 2}}}}};
    SampleFamily family;
    family.measurements.resize(1);
    auto& seen = family.measurements.front();
    seen.model.pair.name = "well";
    seen.model.pair.kind = uncoupled_pair(pair);
    seen.k_low_MeV = seen.k_high_MeV = Eigen::ArrayXd::LinSpaced(30, 10.0, 300.0);
    family.free = {drawn("strength", {Prior::Kind::uniform, -60.0, -20.0}),
                   drawn("range", {Prior::Kind::uniform, 0.8, 1.4}), drawn("r0_fm", {Prior::Kind::uniform, 1.0, 2.0})};
    return family;
}

}  // namespace hadronforce
