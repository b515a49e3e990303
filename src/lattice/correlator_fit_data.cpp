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
        throw InputError(fmt::format("{}: the cut of {:g} fm is less than two lattice spacings, {:.4g} fm; raise it",
                                     file.path(), cut_fm, 2.0 * a_fm));
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

void check_cut(CorrelatorFile const& file, double cut_fm) { cut_a(file, cut_fm); }

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

Eigen::RowVectorXd CorrelatorFitData::point_potentials(CorrelatorFile const& file,
                                                       Eigen::Ref<Eigen::RowVectorXd const> const& R) const {
    Eigen::RowVectorXd result = point_targets(file, R);
    Eigen::Index const points = file.orbits().size();
    for (std::size_t s = 0; s < settings_.equation.times.size(); ++s)
        result.segment(static_cast<Eigen::Index>(s) * points, points).array() /=
            R.segment(file.time_index(settings_.equation.times[s]) * points, points).array();
    return result;
}

void CorrelatorFitData::weigh_by_errors(Communicator const& comm, CorrelatorFile const& file,
                                        Eigen::RowVectorXd const& R, RowMatrixXd const& own_R) {
    auto const slices = static_cast<Eigen::Index>(settings_.equation.times.size());
    Eigen::Index const all = file.orbits().size();
    std::vector<Eigen::Index> points;  // below the cut, by radius
    std::vector<double> radius;
    for (std::size_t i = 0; i < radii_.orbits.size(); ++i)
        for (auto const orbit : radii_.orbits[i]) {
            points.push_back(orbit);
            radius.push_back(radii_.r[static_cast<Eigen::Index>(i)]);
        }
    auto const n = static_cast<Eigen::Index>(points.size());
    RowMatrixXd own(own_R.rows(), slices * n);
    agree(comm, [&] {
        for (Eigen::Index i = 0; i < own.rows(); ++i) {
            Eigen::RowVectorXd const V = point_potentials(file, own_R.row(i));
            for (Eigen::Index s = 0; s < slices; ++s) own.row(i).segment(s * n, n) = V.segment(s * all, all)(points);
        }
        if (!own.allFinite())
            throw InputError(file.path() + ":/R: is zero at a point of a sample; its potential is not finite there");
    });
    auto const kind = file.ensemble().resampling.kind;
    Eigen::MatrixXd variance(n, slices);
    Eigen::MatrixXd offsets = Eigen::MatrixXd::Zero(own.rows(), slices);  // of own samples, from the mean
    auto const smooth = [&](Eigen::RowVectorXd const& error) {
        for (Eigen::Index s = 0; s < slices; ++s) {
            Eigen::ArrayXd const square = error.segment(s * n, n).transpose().array().square();
            Eigen::Index begin = 0, end = 0;
            for (Eigen::Index p = 0; p < n; ++p) {
                while (radius[static_cast<std::size_t>(begin)] < radius[static_cast<std::size_t>(p)] - 1.0) ++begin;
                while (end < n && radius[static_cast<std::size_t>(end)] <= radius[static_cast<std::size_t>(p)] + 1.0)
                    ++end;
                variance(p, s) = square.segment(begin, end - begin).mean();
            }
        }
    };
    auto const spread = mean_and_error(comm, kind, file.samples(), own);
    smooth(spread.error);
    constexpr int rounds = 4;  // of weights and offsets in turn: weights differ little after two
    for (int round = 0; settings_.offsets && round < rounds; ++round) {
        RowMatrixXd without = own;
        for (Eigen::Index s = 0; s < slices; ++s) {
            Eigen::VectorXd weights = variance.col(s).cwiseMax(1e-300).cwiseInverse();
            weights /= weights.sum();
            offsets.col(s) = (own.middleCols(s * n, n).rowwise() - spread.mean.segment(s * n, n)) * weights;
            without.middleCols(s * n, n).colwise() -= offsets.col(s);
        }
        smooth(mean_and_error(comm, kind, file.samples(), without).error);
    }
    if (settings_.offsets) {
        RowMatrixXd products(offsets.rows(), slices * slices);
        for (Eigen::Index i = 0; i < offsets.rows(); ++i)
            products.row(i) = (offsets.row(i).transpose() * offsets.row(i)).reshaped().transpose();
        Eigen::RowVectorXd const mean = mean_and_error(comm, kind, file.samples(), products).mean;
        auto const samples = static_cast<double>(file.samples());
        mean_.offset_covariance = Eigen::Map<Eigen::MatrixXd const>(mean.data(), slices, slices) *
                                  (kind == Resampling::Kind::jackknife ? samples - 1.0 : samples / (samples - 1.0));
        // Few samples do not say how much the slices share: towards none.
        double const kept = std::max(0.0, 1.0 - static_cast<double>(slices + 1) / (samples - 1.0));
        Eigen::VectorXd const diagonal = mean_.offset_covariance.diagonal();
        mean_.offset_covariance *= kept;
        mean_.offset_covariance.diagonal() = diagonal;
    }
    // The size of the potential where it acts most.
    double squares = 0.0, cubes = 0.0;
    for (Eigen::Index s = 0; s < slices; ++s)
        for (Eigen::Index p = 0; p < n; ++p) {
            Eigen::Index const orbit = points[static_cast<std::size_t>(p)];
            double const V = std::abs(spread.mean[s * n + p]);
            double const wave = R[file.time_index(settings_.equation.times[static_cast<std::size_t>(s)]) * all + orbit];
            double const weight = file.orbits().multiplicity()[orbit] * wave * wave * V * V;
            squares += weight;
            cubes += weight * V;
        }
    double const floor = error_floor_MeV_ = settings_.error_floor * cubes / squares;
    // The terms of H R/R, which cancel to the potential, are of this size.
    double const terms_MeV = 3.0 / settings_.equation.reduced_mass_a * file.ensemble().inverse_a_MeV;
    for (Eigen::Index s = 0; s < slices; ++s) {
        Eigen::Index const here = file.time_index(settings_.equation.times[static_cast<std::size_t>(s)]) * all;
        for (Eigen::Index p = 0; p < n; ++p) {
            Eigen::Index const orbit = points[static_cast<std::size_t>(p)];
            double const wave = R[here + orbit];
            double const rounding = 1e-13 * (terms_MeV + std::abs(spread.mean[s * n + p]));
            if (!(std::sqrt(variance(p, s)) > rounding) || wave == 0.0)
                throw InputError(fmt::format("{}:/R: the samples do not differ at t = {}, point {}; take weights: norm",
                                             file.path(), settings_.equation.times[static_cast<std::size_t>(s)],
                                             orbit));
            point_weights_(orbit, s) = 1.0 / ((variance(p, s) + floor * floor) * wave * wave);
        }
    }
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
    IndexRange const share = share_of(file.samples(), comm.rank(), comm.size());
    RowMatrixXd const own_R = file.R(share);
    file.refuse_outliers(share, own_R, times, reach_of(settings_.equation.time_order));
    if (settings_.inverse_variance) weigh_by_errors(comm, file, R, own_R);

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
    mean_.is_chi2 = true;
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
