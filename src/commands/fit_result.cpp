#include "commands/fit_result.hpp"

#include "commands/potential_radii.hpp"

namespace hadronforce {
namespace {

Eigen::VectorXd joined(std::vector<Eigen::ArrayXd> const& curves) {
    Eigen::Index size = 0;
    for (auto const& curve : curves) size += curve.size();
    Eigen::VectorXd all(size);
    Eigen::Index at = 0;
    for (auto const& curve : curves) {
        all.segment(at, curve.size()) = curve.matrix();
        at += curve.size();
    }
    return all;
}

/// a0, phase shifts, V(r): all that the genuine pair has.
void derive(FittedMeasurement const& measured, CorrelationModel& solver, LeastSquaresFit const& fit,
            std::vector<ErrorAxis> const& axes, std::vector<Eigen::VectorXd> const& open, MeasurementResult& result) {
    auto const& kind = *measured.model.pair.kind;
    auto const quantities = kind.quantities();
    result.numbers = quantities.numbers;
    auto const at_threshold = kind.threshold_quantities();
    result.numbers.insert(result.numbers.end(), at_threshold.begin(), at_threshold.end());
    result.curves = quantities.curves;
    result.derived_numbers = derived(
        [&](Eigen::VectorXd const& p) {
            auto const of_solution = solver.genuine_in_middle(p).numbers;
            auto const further = kind.at_threshold(measured.model.numbers_of(p));
            Eigen::VectorXd all(of_solution.size() + further.size());
            all << of_solution, further;
            return all;
        },
        fit, axes, open);
    result.derived_curves =
        derived([&](Eigen::VectorXd const& p) { return joined(solver.genuine_in_middle(p).curves); }, fit, axes, open);
    auto const potentials_of = [&](Eigen::VectorXd const& p) { return kind.potentials(measured.model.numbers_of(p)); };
    Eigen::ArrayXd const radii = potential_radii_fm();
    for (auto const& placed : potentials_of(fit.values))
        if (placed.varies) result.potentials.push_back(placed.path);
    result.derived_potentials = derived(
        [&](Eigen::VectorXd const& p) {
            std::vector<Eigen::ArrayXd> values;
            for (auto const& placed : potentials_of(p))
                if (placed.varies) {
                    values.emplace_back(radii.size());
                    placed.potential->fill_MeV(radii, values.back());
                }
            return joined(values);
        },
        fit, axes, open);
}

}  // namespace

void describe(FitConfig const& config, FitResult& result) {
    auto const& fit = result.fit;
    JointResiduals residuals(config.measurements, config.parameters);
    auto const residuals_at = [&](Eigen::VectorXd const& p) { return residuals(p); };
    auto const axes = error_axes(fit, residuals_at);
    auto const open = open_points(fit, residuals_at);
    Eigen::Index at = 0;
    for (auto const& measured : config.measurements) {
        auto const bins = measured.data.bins.size();
        MeasurementResult one;
        CorrelationModel solver = measured.make_model();
        one.model = measured.predicted(solver, fit.values);
        one.parts = solver.parts_in_bins(fit.values);
        one.shifts = measured.moved_by(solver.in_bins(fit.values), fit.values);
        one.genuine = solver.genuine_in_bins(fit.values);
        Eigen::MatrixXd const slopes = measured.whitening->unwhiten(fit.jacobian.middleRows(at, bins));
        one.band = (slopes * fit.covariance).cwiseProduct(slopes).rowwise().sum().cwiseMax(0.0).cwiseSqrt();
        one.residuals = (measured.data.bins.correlation - one.model) / measured.data.variance.sqrt();
        one.chi2 = fit.residuals.segment(at, bins).squaredNorm();
        derive(measured, solver, fit, axes, open, one);
        result.measurements.push_back(std::move(one));
        at += bins;
    }
    result.degrees_of_freedom = static_cast<double>(fit.residuals.size() - fit.values.size() + fit.undetermined.cols());
    result.p_value = chi2_probability(fit.chi2, result.degrees_of_freedom);
}

}  // namespace hadronforce
