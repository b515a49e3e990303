#include "commands/lattice_box_errors.hpp"

#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

/// All numbers of an interaction, with a curve where that of the mean is.
Eigen::RowVectorXd row_of(Interaction const& interaction, ConfiguredInteraction const& configured,
                          BoxSettings const& settings, Eigen::ArrayXd curve_k2) {
    auto numbers = box_energies(interaction, configured.name, configured.reduced_mass, settings);
    add_infinite_volume(interaction, configured.tolerance, settings, numbers, curve_k2);
    return numbers.row();
}

}  // namespace

BoxErrors box_errors(Communicator const& comm, ConfiguredInteraction const& configured, BoxSettings const& settings,
                     BoxNumbers const& mean, Eigen::ArrayXd const& curve_k2) {
    BoxErrors result;
    for (std::size_t s = 0; s < configured.samples_converged.size(); ++s)
        (configured.samples_converged[s] ? result.samples : result.left_out).push_back(s);
    auto const count = static_cast<std::int64_t>(result.samples.size());
    result.own = share_of(count, comm.rank(), comm.size());
    RowMatrixXd rows(result.own.size(), mean.row().size());
    agree(comm, [&] {
        for (auto i = result.own.begin; i < result.own.end; ++i) {
            auto const sample = result.samples[static_cast<std::size_t>(i)];
            configured.naming(fmt::format("sample {}", sample), [&] {
                rows.row(i - result.own.begin) =
                    row_of(configured.interaction_of_sample(sample), configured, settings, curve_k2);
            });
        }
    });
    Eigen::Index const n = settings.states;
    result.rows.resize(result.own.size(), 2 * n);
    result.rows.leftCols(n) = rows.middleCols(3, n);
    result.rows.rightCols(n) = rows.middleCols(3 + 2 * n, n);
    result.error = BoxNumbers::from_row(
        mean_and_error(comm, configured.resampling, count, rows, static_cast<std::int64_t>(result.left_out.size()))
            .error,
        mean);
    return result;
}

BoxNumbers box_starts(Communicator const& comm, ConfiguredInteraction const& configured, BoxSettings const& settings,
                      BoxNumbers const& best, Eigen::ArrayXd const& curve_k2) {
    auto const& starts = configured.other_starts;
    auto const own = share_of(static_cast<std::int64_t>(starts.size()), comm.rank(), comm.size());
    Eigen::RowVectorXd const of_best = best.row();
    RowMatrixXd squares = RowMatrixXd::Zero(static_cast<Eigen::Index>(starts.size()), of_best.size());
    agree(comm, [&] {
        for (auto i = own.begin; i < own.end; ++i) {
            auto const& start = starts[static_cast<std::size_t>(i)];
            Interaction const interaction{start.local.get(), start.nonlocal.get(), configured.two_mu(),
                                          configured.two_eta_k()};
            configured.naming(fmt::format("other start {}", i), [&] {
                squares.row(i) = (row_of(interaction, configured, settings, curve_k2) - of_best).array().square();
            });
        }
    });
    comm.sum(squares.data(), static_cast<std::size_t>(squares.size()));  // one rank's each: in any order
    Eigen::RowVectorXd const deviation = (squares.colwise().sum() / static_cast<double>(starts.size())).array().sqrt();
    return BoxNumbers::from_row(deviation, best);
}

EffectiveEnergies effective_energies(Communicator const& comm, CorrelatorFile const& file,
                                     std::vector<std::int64_t> const& times) {
    auto const& ensemble = file.ensemble();
    Eigen::Index const orbits = file.orbits().size(), count = static_cast<Eigen::Index>(times.size()) - 1;
    Eigen::Index const first = file.time_index(times.front());
    double const D = ensemble.mass_asymmetry(), c = (1.0 + 3.0 * D * D) / (8.0 * ensemble.reduced_mass_a());
    auto const from_slices = [&](auto const& R) {  // times x orbits, orbits fastest
        Eigen::RowVectorXd result(count);
        for (Eigen::Index t = 0; t < count; ++t) {
            auto const sum = [&](Eigen::Index slice) {
                return file.orbits().integral(R.segment(slice * orbits, orbits).transpose().array());
            };
            double const dW = std::log(sum(first + t) / sum(first + t + 1));
            result[t] = (c * dW * dW + dW) * ensemble.inverse_a_MeV;
        }
        return result;
    };
    EffectiveEnergies result;
    result.times.assign(times.begin(), times.end() - 1);
    RowMatrixXd const mean = file.ensemble_R();
    Eigen::RowVectorXd const flat = Eigen::Map<Eigen::RowVectorXd const>(mean.data(), mean.size());
    result.energy_MeV = from_slices(flat);
    auto const own = share_of(file.samples(), comm.rank(), comm.size());
    RowMatrixXd const R = file.R(own);
    RowMatrixXd rows(own.size(), count);
    for (Eigen::Index s = 0; s < rows.rows(); ++s) rows.row(s) = from_slices(Eigen::RowVectorXd(R.row(s)));
    result.error_MeV = mean_and_error(comm, ensemble.resampling.kind, file.samples(), rows).error;
    return result;
}

}  // namespace hadronforce
