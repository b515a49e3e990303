#include "hadronforce/lattice/correlator_fit_data.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

double spacing_fm(CorrelatorFile const& file) { return units::hbar_c_MeV_fm / file.ensemble().inverse_a_MeV; }

double cut_a(CorrelatorFile const& file, double cut_fm) {
    double const a_fm = spacing_fm(file);
    // Beyond half the box shells are incomplete, but each site still has its |r|.
    double const corner_fm = 0.5 * std::sqrt(3.0) * a_fm * static_cast<double>(file.ensemble().spatial_extent);
    if (!(cut_fm <= corner_fm))
        throw InputError(fmt::format("{}: the cut of {:g} fm lies beyond the farthest site, {:.4g} fm; lower it",
                                     file.path(), cut_fm, corner_fm));
    if (cut_fm < 2.0 * a_fm)
        throw InputError(
            fmt::format("{}: the cut of {:g} fm leaves no radii to fit, the lattice spacing is {:.4g} fm; "
                        "raise it",
                        file.path(), cut_fm, a_fm));
    return cut_fm / a_fm;
}

void check_data(CorrelatorFile const& file, KernelFitData const& data) {
    try {
        check(data);
    } catch (InputError const& error) {
        throw InputError(fmt::format("{}: {}; is R(t, r) of a sensible size?", file.path(), error.what()));
    }
}

}  // namespace

Eigen::RowVectorXd CorrelatorFitData::point_targets(CorrelatorFile const& file,
                                                    Eigen::Ref<Eigen::RowVectorXd const> const& R) const {
    auto const terms = leading_order_terms(file, settings_.equation, laplacian_, R);
    Eigen::RowVectorXd targets = terms[LeadingOrderPotential::total] * file.ensemble().inverse_a_MeV;
    Eigen::Index const points = file.orbits().size();
    for (std::size_t s = 0; s < settings_.equation.times.size(); ++s)
        targets.segment(static_cast<Eigen::Index>(s) * points, points).array() *=
            R.segment(file.time_index(settings_.equation.times[s]) * points, points).array();
    return targets;
}

CorrelatorFitData::Averages CorrelatorFitData::average(CorrelatorFile const& file,
                                                       Eigen::Ref<Eigen::RowVectorXd const> const& R) const {
    Eigen::RowVectorXd const targets = point_targets(file, R);
    auto const slices = static_cast<Eigen::Index>(settings_.equation.times.size());
    Eigen::Index const points = file.orbits().size();
    Averages result{Eigen::MatrixXd::Zero(radii_.r.size(), slices), Eigen::MatrixXd::Zero(radii_.r.size(), slices)};
    for (Eigen::Index s = 0; s < slices; ++s) {
        Eigen::Index const here = file.time_index(settings_.equation.times[static_cast<std::size_t>(s)]) * points;
        for (Eigen::Index i = 0; i < radii_.r.size(); ++i) {
            double weights = 0.0;
            for (auto const orbit : radii_.orbits[static_cast<std::size_t>(i)]) {
                result.waves(i, s) += file.orbits().multiplicity()[orbit] * R[here + orbit] / radii_.multiplicity[i];
                result.targets(i, s) += point_weights_(orbit, s) * targets[s * points + orbit];
                weights += point_weights_(orbit, s);
            }
            result.targets(i, s) /= weights;
        }
    }
    return result;
}

CorrelatorFitData::CorrelatorFitData(Communicator const& comm, CorrelatorFile const& file,
                                     CorrelatorFitSettings const& settings)
    : settings_(settings),
      laplacian_(file.orbits(), settings.equation.space_order),
      radii_(file.orbits(), cut_a(file, settings.cut_fm)) {
    auto const& times = settings_.equation.times;
    agree(comm, [&] {
        for (auto const t : times)
            file.time_window(t, reach_of(settings_.equation.time_order), settings_.equation.one_sided);
    });
    auto const slices = static_cast<Eigen::Index>(times.size());
    Eigen::Index const points = file.orbits().size();
    RowMatrixXd const ensemble_R = file.ensemble_R();
    Eigen::RowVectorXd const R = ensemble_R.reshaped<Eigen::RowMajor>().transpose();
    point_weights_ = file.orbits().multiplicity().replicate(1, slices);
    if (settings_.inverse_variance) {
        RowMatrixXd const own_R = file.R(share_of(file.samples(), comm.rank(), comm.size()));
        RowMatrixXd own(own_R.rows(), slices * points);
        for (Eigen::Index i = 0; i < own.rows(); ++i) own.row(i) = point_targets(file, own_R.row(i));
        auto const spread = mean_and_error(comm, file.ensemble().resampling.kind, file.samples(), own);
        for (Eigen::Index s = 0; s < slices; ++s)
            for (auto const& orbits : radii_.orbits)
                for (auto const orbit : orbits) {
                    double const error = spread.error[s * points + orbit];
                    if (!(error > 0.0))
                        throw InputError(
                            fmt::format("{}:/R: the samples do not differ at t = {}, point {}; take "
                                        "weights: norm",
                                        file.path(), times[static_cast<std::size_t>(s)], orbit));
                    point_weights_(orbit, s) = 1.0 / (error * error);
                }
    }

    double const a_fm = spacing_fm(file);
    mean_.r = radii_.r * a_fm;
    mean_.measure = radii_.multiplicity * (a_fm * a_fm * a_fm);
    auto averages = average(file, R);
    mean_.waves = std::move(averages.waves);
    mean_.targets = std::move(averages.targets);
    mean_.weights = norm_weights(mean_.measure, mean_.targets);
    for (auto const& orbits : radii_.orbits) points_ += slices * static_cast<std::int64_t>(orbits.size());
    if (!settings_.inverse_variance) {
        check_data(file, mean_);
        return;
    }
    Eigen::RowVectorXd const targets = point_targets(file, R);
    for (Eigen::Index s = 0; s < slices; ++s)
        for (Eigen::Index i = 0; i < radii_.r.size(); ++i) {
            mean_.weights(i, s) = 0.0;
            for (auto const orbit : radii_.orbits[static_cast<std::size_t>(i)]) {
                mean_.weights(i, s) += point_weights_(orbit, s);
                double const deviation = targets[s * points + orbit] - mean_.targets(i, s);
                chi2_of_spread_ += point_weights_(orbit, s) * deviation * deviation;
            }
        }
    chi2_scale_ = (mean_.weights.array() * mean_.targets.array().square()).sum();
    mean_.weights /= chi2_scale_;
    check_data(file, mean_);
}

KernelFitData CorrelatorFitData::sample(CorrelatorFile const& file, IndexRange which) const {
    RowMatrixXd const R = file.R(which);
    KernelFitData result = mean_;
    if (R.rows() == 0) return result;
    auto averages = average(file, R.row(0));
    result.waves = std::move(averages.waves);
    result.targets = std::move(averages.targets);
    return result;
}

}  // namespace hadronforce
