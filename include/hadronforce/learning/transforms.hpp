#pragma once

#include "hadronforce/dataset/measurement_parts.hpp"
#include "hadronforce/dataset/pca.hpp"
#include "hadronforce/learning/contrast.hpp"
#include "hadronforce/learning/error_family.hpp"
#include "hadronforce/learning/point_features.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Of C with errors: samples x components.
struct ShrunkComponents {
    RowMatrixXd value;  ///< z / (1 + s^2)
    RowMatrixXd error;  ///< ln(1 + s^2)
};

/// From C(k*) to what the network sees: log C or C, centred and PCA-whitened with the statistics of the training part.
/// Of C with errors, log C and C are known to be no better than these: component z with the error s (of the bins'
/// errors, taken as independent of those of other components) becomes z / (1 + s^2), its most probable value, and
/// beside it comes ln(1 + s^2); all of them standardised. A contrast, where there is one, takes the place of z, or of
/// z / (1 + s^2): first what it makes of each, then ln(1 + s^2), then the rest. Networks of points see C at any
/// momenta, as PointScales has it. Several measurements stand one after the other; what is measured beside C is never
/// taken the logarithm of.
struct FeatureTransform {
    bool logarithm = true;
    Eigen::ArrayXd k_star_MeV;      ///< of all measurements
    MeasurementParts measurements;  ///< how these share the momenta
    PrincipalComponents components;
    std::optional<Contrast> contrast;              ///< not of networks of points
    double largest_norm = 0.0;                     ///< of the whitened features over the points they were made from
    std::optional<ErrorFamily> errors;             ///< which training drew; none: C had no errors
    Eigen::RowVectorXd mean, scale;                ///< of the features with errors, by which they are standardised
    double lowest_size = 0.0, highest_size = 0.0;  ///< error_size() over the samples that they were made from
    /// Over the same samples, of each ln(1 + s^2); of points of the only number that tells their errors. None in models
    /// of earlier versions.
    Eigen::RowVectorXd lowest_error, highest_error;

    std::vector<PointScales> points;  ///< of networks of points, one a measurement; of others none
    /// That training drew: of networks of points, and of those of components that were trained for any momenta, which
    /// see the components' posterior (ComponentsOfPoints).
    std::optional<ViewFamily> views;

    /// What is done, in order: "log", "centre", "whiten", "shrink", "contrast", "standardise"; of points "log",
    /// "standardise".
    std::vector<std::string> steps() const;
    /// Whether each sight of a sample sees something else.
    bool depends_on_sight() const { return errors || takes_points(); }
    bool takes_points() const noexcept { return !points.empty(); }
    bool takes_any_momenta() const noexcept { return views.has_value(); }
    /// Whether it is log C of which a measurement is seen.
    bool takes_logarithm(std::size_t measurement) const {
        return logarithm && measurements.is_correlation(measurement);
    }
    /// The momenta of a measurement.
    Eigen::ArrayXd momenta_of(std::size_t measurement) const;
    /// `errors` as of a measurement: what is no C has no power of it, and no common factor.
    ErrorFamily errors_of(ErrorFamily errors, std::size_t measurement) const;
    /// What makes C of components.
    InputCurve input_curve() const;
    /// How many features there are; of points, numbers of each, times the measurements.
    std::int64_t inputs() const;

    /// samples x momenta -> samples x features. Throws InputError for a C that is not positive where its logarithm is
    /// taken.
    RowMatrixXd features(RowMatrixXd const& correlation) const;
    /// The same with errors.
    RowMatrixXd features(RowMatrixXd const& correlation, RowMatrixXd const& error) const;
    /// One row for a network of points, each measurement's as PointScales has it, filled to the same `places`.
    Eigen::RowVectorXd row_of_points(std::vector<SeenPoints> const& seen, Eigen::Index places) const;
    /// Of samples that are seen at any momenta, as a network sees them that takes such.
    RowMatrixXd features_of_views(std::vector<std::vector<SeenPoints>> const& seen) const;
    /// What a sight sees at those momenta of each measurement; without errors C itself.
    std::vector<SeenPoints> seen_at(std::vector<Eigen::ArrayXd> const& k_star_MeV,
                                    std::vector<Eigen::ArrayXd> const& correlation,
                                    std::optional<ErrorFamily> const& errors, std::int64_t seed,
                                    std::int64_t sight) const;
    /// The same at the training's own momenta: C and its errors of all measurements.
    NoisyCorrelation seen_with(ErrorFamily const& errors, Eigen::RowVectorXd const& correlation, std::int64_t seed,
                               std::int64_t sight) const;
    /// C of samples at those momenta of each measurement, by what is `interpolated` between the training's.
    RowMatrixXd correlation_at(std::vector<Eigen::ArrayXd> const& k_star_MeV, RowMatrixXd const& correlation) const;
    /// The whitened components, samples x components. Throws the same.
    RowMatrixXd components_of(RowMatrixXd const& correlation) const;
    /// Of whitened components.
    RowMatrixXd features_of_components(RowMatrixXd const& z) const { return contrast ? contrast->seen(z) : z; }
    /// Of these and their errors s.
    RowMatrixXd features_of_components(RowMatrixXd const& z, RowMatrixXd const& error) const;
    /// Those features with errors as the training had them: what is known better counts as if it were known as well as
    /// the training knew anything, what is known worse is told so as far as the training told it.
    RowMatrixXd as_trained(RowMatrixXd features) const;
    /// Rows of features, one a draw, that stand for one whose errors are larger than any of the training's: what C with
    /// the training's largest errors may show, given what it shows with these. Of unit priors z and independent errors
    /// that is, component by component, z / (1 + s^2) with the variance (s^2 - t^2) / ((1 + s^2) (1 + t^2)) and the
    /// training's largest t, so that what is not known at all looks as all of the training does. The network's answers
    /// to them are, together, its answer to the row. None where no error is larger.
    RowMatrixXd with_largest_errors(RowMatrixXd const& features, Eigen::Index draws) const;
    /// The same for one whose errors are smaller: noise is drawn until they are the training's smallest, as what has
    /// less noise than any C of the training is unlike those. The mean of the answers is that to the row.
    RowMatrixXd with_smallest_errors(RowMatrixXd const& features, Eigen::Index draws) const;
    /// Of each row of features with errors, one number for how large these are: the mean of ln(1 + s^2), or of what
    /// points say of their errors.
    Eigen::VectorXd error_size(RowMatrixXd const& features) const;
    /// What features with errors are made of, and back.
    ShrunkComponents shrunk(RowMatrixXd const& features) const;
    RowMatrixXd joined(ShrunkComponents const& shrunk) const;
    /// Of such a number: negative, or positive, where no errors like those of the training are as small, or as large.
    int beyond_training(double error_size) const;
};

/// `correlation`: samples x momenta of the training part. Components with less than `smallest_variance` of the largest
/// are dropped. `contrast`: Contrast::near, 0: none. `measurements`: of the momenta; none: a single one.
FeatureTransform make_feature_transform(Eigen::ArrayXd const& k_star_MeV, RowMatrixXd const& correlation,
                                        bool logarithm, double smallest_variance, std::int64_t most_components,
                                        double contrast = 0.0, MeasurementParts const& measurements = {});

/// The same for networks of points, which see C as `views` say.
FeatureTransform with_points(FeatureTransform transform, ViewFamily const& views, RowMatrixXd const& correlation);

/// The transform for C with errors of the family, its scales and range of errors those of what sights 0, 1, ... of the
/// samples see.
FeatureTransform with_errors(FeatureTransform transform, ErrorFamily const& errors, RowMatrixXd const& correlation,
                             std::int64_t seed);

/// samples x features of what these sights see of C, one a sample: their own errors, their own momenta.
RowMatrixXd features_at_sights(FeatureTransform const& transform, RowMatrixXd const& correlation, std::int64_t seed,
                               std::vector<std::int64_t> const& sights);

/// The coordinate in which a target is learnt.
enum class TargetScale {
    linear,
    logarithm,  ///< of what is positive, as a log-uniform prior has it
    quantiles   ///< its cumulative distribution over the training, of what may lie anywhere: 1/a0, r_eff
};

/// "linear", "logarithm", "quantiles".
std::string name_of(TargetScale scale);
/// In the order of their names above.
std::vector<std::string> target_scale_names();
/// Throws InputError for a name that is none of them.
TargetScale target_scale_of(std::string const& name);

/// A target: its name and unit, and the coordinate in which it is learnt.
struct Target {
    std::string name, unit;
    TargetScale scale = TargetScale::linear;
};

/// From targets to what the network gives: the coordinate of each, of zero mean and unit variance over the training
/// part.
struct TargetTransform {
    std::vector<Target> targets;
    Eigen::RowVectorXd mean, scale;      ///< of the coordinates
    Eigen::RowVectorXd lowest, highest;  ///< range of the training part, in the targets' units
    std::vector<Eigen::ArrayXd>
        quantiles;  ///< of each that is learnt by them, values at equal steps of probability; else none

    std::vector<std::string> names() const;
    std::vector<std::string> units() const;
    /// samples x targets in their units -> coordinates. A value outside those of the training has the coordinate that
    /// the outermost ones lead to. Throws InputError for one without a logarithm.
    RowMatrixXd coordinates(RowMatrixXd const& values) const;
    RowMatrixXd standardised(RowMatrixXd const& values) const;
    /// The inverse, which of quantiles ends at the range of the training.
    RowMatrixXd physical(RowMatrixXd const& outputs) const;
};

/// `values`: samples x targets of the training part. Throws InputError where one has the same value everywhere, or one
/// without a logarithm.
TargetTransform make_target_transform(std::vector<Target> targets, RowMatrixXd const& values);

}  // namespace hadronforce
