#include "hadronforce/lattice/potential_fit.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/ordered_sum.hpp"

#include <fmt/format.h>
#include <Eigen/Cholesky>
#include <unsupported/Eigen/NonLinearOptimization>
#include <unsupported/Eigen/NumericalDiff>

#include <algorithm>
#include <cmath>
#include <functional>

namespace hadronforce {
namespace {

/// The parameters that are fitted, as a vector.
class FreeParameters {
  public:
    explicit FreeParameters(PotentialFitSettings const& settings) : all_(settings.start) {
        auto unknown = settings.fixed;
        auto const is_fixed = [&](std::string const& name) {
            unknown.erase(std::remove(unknown.begin(), unknown.end(), name), unknown.end());
            return std::find(settings.fixed.begin(), settings.fixed.end(), name) != settings.fixed.end();
        };
        for (auto const& [key, values] : all_) {
            bool const all_of_key = is_fixed(key);
            for (std::size_t i = 0; i < values.size(); ++i)
                if (bool const this_one = is_fixed(name_of({key, i})); !this_one && !all_of_key)
                    places_.push_back({key, i});
        }
        if (!unknown.empty())
            throw InputError(fmt::format("{} is fixed, but no parameter of {}", unknown.front(), settings.form));
        if (places_.empty()) throw InputError("all parameters are fixed; a fit needs a free one");
    }

    Eigen::Index size() const { return static_cast<Eigen::Index>(places_.size()); }

    PotentialParameters with(Eigen::VectorXd const& values) const {
        PotentialParameters parameters = all_;
        for (std::size_t i = 0; i < places_.size(); ++i)
            parameters[places_[i].key][places_[i].index] = values[static_cast<Eigen::Index>(i)];
        return parameters;
    }

    Eigen::VectorXd values() const {
        Eigen::VectorXd result(size());
        for (std::size_t i = 0; i < places_.size(); ++i)
            result[static_cast<Eigen::Index>(i)] = all_.at(places_[i].key)[places_[i].index];
        return result;
    }

    std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (auto const& place : places_) result.push_back(name_of(place));
        return result;
    }

  private:
    struct Place {
        std::string key;
        std::size_t index;
    };
    std::string name_of(Place const& place) const {
        return all_.at(place.key).size() == 1 ? place.key : fmt::format("{}[{}]", place.key, place.index);
    }

    PotentialParameters all_;
    std::vector<Place> places_;
};

Eigen::ArrayXd values_MeV(PotentialFitSettings const& settings, PotentialParameters const& parameters,
                          Eigen::ArrayXd const& r_fm) {
    Eigen::ArrayXd v(r_fm.size());
    make_potential(settings.form, parameters, settings.reduced_mass_MeV)->fill_MeV(r_fm, v);
    return v;
}

void require_finite(Eigen::ArrayXd const& v_MeV, Eigen::ArrayXd const& r_fm, std::string const& form) {
    for (Eigen::Index i = 0; i < r_fm.size(); ++i)
        if (!std::isfinite(v_MeV[i]))
            throw InputError(
                fmt::format("{} is {} MeV at r = {:.6g} fm where the fit starts; leave this point out, or "
                            "start elsewhere",
                            form, v_MeV[i], r_fm[i]));
}

/// Refuses parameters that cannot vary, such as an exponent that must be whole.
void require_variable(PotentialFitSettings const& settings, FreeParameters const& free) {
    Eigen::VectorXd const start = free.values();
    for (Eigen::Index i = 0; i < start.size(); ++i)
        for (double const sign : {-1.0, 1.0}) {
            Eigen::VectorXd beside = start;
            beside[i] += sign * 1e-3 * (start[i] == 0.0 ? 1.0 : std::abs(start[i]));
            try {
                make_potential(settings.form, free.with(beside), settings.reduced_mass_MeV);
            } catch (InputError const& error) {
                throw InputError(fmt::format("{} cannot vary about where it starts ({}); fix it, or start elsewhere",
                                             free.names()[static_cast<std::size_t>(i)], error.what()));
            }
        }
}

/// Turns deviations into ones of unit covariance, so that chi^2 is the sum of their squares.
using Whitening = std::function<Eigen::VectorXd(Eigen::VectorXd const& deviation)>;

Whitening whitening(Communicator const& comm, PotentialFitSettings const& settings, Resampling::Kind kind,
                    std::int64_t samples, Eigen::ArrayXd const& r_fm, RowMatrixXd const& own_MeV) {
    auto const spread = mean_and_error(comm, kind, samples, own_MeV);
    Eigen::VectorXd const error =
        (spread.error.array().square() + std::pow(settings.error_floor_MeV, 2)).sqrt().matrix();
    // Of most points: some may lie far off.
    std::vector<double> sizes(spread.mean.size());
    Eigen::Map<Eigen::RowVectorXd>(sizes.data(), spread.mean.size()) = spread.mean.cwiseAbs();
    auto const middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    double const rounding = 1e-13 * (sizes.empty() ? 0.0 : *middle);
    for (Eigen::Index i = 0; i < error.size(); ++i)
        if (!(error[i] > rounding) || !std::isfinite(error[i]))
            throw InputError(fmt::format(
                "the potential at r = {:.6g} fm has the error {:.3g} MeV, as samples hardly differ there; give an "
                "error floor, or leave the point out",
                r_fm[i], error[i]));
    Eigen::VectorXd const weights = error.cwiseInverse();
    if (!settings.is_correlated)
        return
            [weights](Eigen::VectorXd const& deviation) -> Eigen::VectorXd { return deviation.cwiseProduct(weights); };

    Eigen::Index const points = r_fm.size();
    if (settings.shrinkage == 0.0 && settings.error_floor_MeV == 0.0 && points > samples - 1)
        throw InputError(
            fmt::format("{} samples do not determine the covariance of {} points; give a shrinkage above "
                        "0, fewer points, or take the diagonal chi2",
                        samples, points));
    // Correlations: well scaled whatever the range of errors.
    RowMatrixXd sum = RowMatrixXd::Zero(points, points);
    add_in_rank_order(comm, sum.data(), static_cast<std::size_t>(sum.size()), [&] {
        for (Eigen::Index s = 0; s < own_MeV.rows(); ++s) {
            Eigen::VectorXd const deviation = (own_MeV.row(s) - spread.mean).transpose().cwiseProduct(weights);
            sum += deviation * deviation.transpose();
        }
    });
    auto const n = static_cast<double>(samples);
    double const scale = kind == Resampling::Kind::jackknife ? (n - 1.0) / n : 1.0 / (n - 1.0);
    Eigen::MatrixXd correlation = (1.0 - settings.shrinkage) * scale * sum;
    correlation.diagonal().setOnes();
    Eigen::LLT<Eigen::MatrixXd> const root(correlation);
    if (root.info() != Eigen::Success || root.matrixLLT().diagonal().minCoeff() < 1e-7)
        throw InputError(
            "the covariance of the points is singular; give a shrinkage above 0, fewer points, or take the diagonal "
            "chi2");
    return [weights, root](Eigen::VectorXd const& deviation) -> Eigen::VectorXd {
        return root.matrixL().solve(deviation.cwiseProduct(weights));
    };
}

/// Whitened deviations of the form from the data as a function of its free parameters, as Eigen's
/// Levenberg-Marquardt asks for it.
struct Deviations {
    using Scalar = double;
    using InputType = Eigen::VectorXd;
    using ValueType = Eigen::VectorXd;
    using JacobianType = Eigen::MatrixXd;
    enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };

    PotentialFitSettings const* settings;
    FreeParameters const* free;
    Whitening const* whiten;
    Eigen::ArrayXd const* r_fm;
    Eigen::ArrayXd data_MeV;

    int inputs() const { return static_cast<int>(free->size()); }
    int values() const { return static_cast<int>(r_fm->size()); }
    int operator()(Eigen::VectorXd const& parameters, Eigen::VectorXd& deviations) const {
        try {
            deviations = (*whiten)((values_MeV(*settings, free->with(parameters), *r_fm) - data_MeV).matrix());
        } catch (InputError const&) {
            deviations.setConstant(values(), outside);
        }
        if (!deviations.allFinite()) deviations.setConstant(values(), outside);
        return 0;
    }

    /// For parameters that the form refuses: a step there is never taken.
    static constexpr double outside = 1e30;
};

struct OneFit {
    Eigen::VectorXd parameters;
    double chi2;
};

OneFit fit(Deviations const& deviations, Eigen::VectorXd const& start, std::string const& named) {
    using Differentiable = Eigen::NumericalDiff<Deviations, Eigen::Central>;
    Differentiable problem(deviations);
    Eigen::LevenbergMarquardt<Differentiable> solver(problem);
    // A step that no longer changes chi^2 to rounding: the minimum, not a slow valley, as long as ftol is this small.
    solver.parameters.ftol = 1e-14;
    solver.parameters.xtol = 1e-12;
    solver.parameters.maxfev = deviations.settings->largest_evaluations;
    Eigen::VectorXd x = start;
    auto const status = solver.minimize(x);
    double const chi2 = solver.fnorm * solver.fnorm;
    if (status == Eigen::LevenbergMarquardtSpace::TooManyFunctionEvaluation ||
        status == Eigen::LevenbergMarquardtSpace::ImproperInputParameters || !x.allFinite() ||
        !(solver.fnorm < Deviations::outside))
        throw ConvergenceError(
            fmt::format("the fit of {} to {} did not converge (chi2 = {:.6g} after {} evaluations); "
                        "start nearer, fix a parameter, give an error floor, or take another form",
                        deviations.settings->form, named, chi2, solver.nfev));
    return {x, chi2};
}

}  // namespace

PotentialFit fit_potential(Communicator const& comm, PotentialFitSettings const& settings, Resampling::Kind kind,
                           std::int64_t samples, Eigen::ArrayXd const& r_fm, Eigen::ArrayXd const& mean_MeV,
                           IndexRange own, RowMatrixXd const& own_MeV) {
    // All that is checked here is the same on all ranks.
    FreeParameters const free(settings);
    make_potential(settings.form, settings.start, settings.reduced_mass_MeV);
    require_variable(settings, free);
    require_finite(values_MeV(settings, settings.start, r_fm), r_fm, settings.form);
    if (r_fm.size() <= free.size())
        throw InputError(
            fmt::format("{} points do not determine {} parameters; widen the range", r_fm.size(), free.size()));
    Whitening const whiten = whitening(comm, settings, kind, samples, r_fm, own_MeV);

    PotentialFit result;
    result.names = free.names();
    result.samples = own;
    result.degrees_of_freedom = r_fm.size() - free.size();
    result.of_sample.resize(own.size(), free.size());
    Deviations deviations{&settings, &free, &whiten, &r_fm, mean_MeV};
    auto const of_mean = fit(deviations, free.values(), "the mean potential");
    result.of_mean = free.with(of_mean.parameters);
    result.chi2 = of_mean.chi2;
    agree(comm, [&] {
        for (std::int64_t s = own.begin; s < own.end; ++s) {
            deviations.data_MeV = own_MeV.row(s - own.begin).transpose().array();
            result.of_sample.row(s - own.begin) =
                fit(deviations, of_mean.parameters, fmt::format("sample {}", s)).parameters.transpose();
        }
    });
    result.result = mean_and_error(comm, kind, samples, result.of_sample);
    return result;
}

MeanAndError fitted_curve_MeV(Communicator const& comm, PotentialFitSettings const& settings, Resampling::Kind kind,
                              std::int64_t samples, PotentialFit const& fit, Eigen::ArrayXd const& r_fm) {
    FreeParameters const free(settings);
    RowMatrixXd own(fit.samples.size(), r_fm.size());
    for (Eigen::Index s = 0; s < own.rows(); ++s)
        own.row(s) = values_MeV(settings, free.with(fit.of_sample.row(s).transpose()), r_fm).matrix().transpose();
    return mean_and_error(comm, kind, samples, own);
}

}  // namespace hadronforce
