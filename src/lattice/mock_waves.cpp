#include "hadronforce/lattice/mock_waves.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {

KernelFitData mock_waves(Interaction const& interaction, Eigen::ArrayXd const& k, double tolerance, double cut,
                         int panels) {
    NonlocalSolver const solver(interaction, k[k.size() - 1], tolerance);
    GaussPanels const& nodes = solver.panels();
    if (cut > nodes.end())
        throw InputError(fmt::format("the cut lies beyond the interaction's range of {:.4g}; lower it", nodes.end()));
    std::vector<double> edges;
    for (int i = 0; i <= panels; ++i) edges.push_back(cut * i / panels);
    GaussPanels const radii(edges);
    Eigen::ArrayXd const& r = radii.r();
    Eigen::MatrixXd const u = solver.waves(k);

    KernelFitData data;
    data.r = r;
    data.measure = 4.0 * units::pi * radii.weights() * r.square();
    data.targets = Eigen::MatrixXd::Zero(r.size(), k.size());
    data.waves = ((nodes.interpolation(r) * u).array().colwise() / r).matrix();
    if (interaction.nonlocal != nullptr) {
        Eigen::ArrayXXd kernel(r.size(), nodes.r().size());
        interaction.nonlocal->fill(r, nodes.r(), kernel);
        data.targets =
            4.0 * units::pi * (kernel.matrix() * (u.array().colwise() * (nodes.weights() * nodes.r())).matrix());
    }
    if (interaction.local != nullptr) {
        Eigen::ArrayXd v(r.size());
        interaction.local->fill_MeV(r, v);
        data.targets += (data.waves.array().colwise() * v).matrix();
    }
    data.weights = norm_weights(data.measure, data.targets);
    return data;
}

}  // namespace hadronforce
