#include "hadronforce/lattice/interaction_on_lattice.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {

BoxInteraction on_lattice(Interaction const& interaction, std::string const& name, CubicOrbits const& orbits,
                          double inverse_a_MeV) {
    double const a_fm = units::hbar_c_MeV_fm / inverse_a_MeV;
    BoxInteraction result{Eigen::ArrayXd::Zero(orbits.size()), {}};
    if (interaction.local != nullptr) {
        interaction.local->fill_MeV(orbits.r() * a_fm, result.V);
        for (Eigen::Index i = 0; i < orbits.size(); ++i)
            if (!std::isfinite(result.V[i]))
                throw InputError(
                    fmt::format("{} is {} MeV at r = {:g} fm; take a potential that is finite at all sites", name,
                                result.V[i], orbits.r()[i] * a_fm));
        result.V /= inverse_a_MeV;
    }
    if (interaction.nonlocal != nullptr) {
        Eigen::ArrayXd const r_fm = DistinctRadii(orbits).r * a_fm;
        Eigen::ArrayXXd u(r_fm.size(), r_fm.size());
        interaction.nonlocal->fill(r_fm, r_fm, u);
        result.U = u.matrix() * (a_fm * a_fm * a_fm / inverse_a_MeV);
    }
    return result;
}

}  // namespace hadronforce
