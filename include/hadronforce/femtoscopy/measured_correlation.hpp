#pragma once

#include <Eigen/Core>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// Errors of one origin, one a bin; equal both ways where they are symmetric.
struct NamedError {
    std::string name;  ///< "stat", "sys,tracking"
    Eigen::ArrayXd down;
    Eigen::ArrayXd up;
    /// Of each bin "path:line: ..." where its error cannot be used, else ""; none at all where every one can.
    std::vector<std::string> problems{};
};

/// What a table says about all its bins: {"SQRT(S)", "13000 GeV"}.
struct Qualifier {
    std::string name;
    std::string value;
};

/// A measured correlation function: bins of k* that increase and do not overlap, with gaps where a bin is missing.
struct MeasuredCorrelation {
    std::string path;
    Eigen::ArrayXd k_low_MeV;  ///< edges of each bin; both are the momentum itself where a file gives nothing else
    Eigen::ArrayXd k_high_MeV;
    Eigen::ArrayXd k_star_MeV;  ///< the momentum that stands for the bin: given, or its centre
    Eigen::ArrayXd correlation;
    double value_unit = 1.0;  ///< by which the numbers of the table were multiplied: 0.01 where they are in per cent
    std::vector<NamedError> errors;
    std::optional<Eigen::MatrixXd> covariance;  ///< bins x bins, where a second table gives it
    std::vector<Qualifier> qualifiers;
    std::vector<int> lines;       ///< of each bin in the file
    std::vector<int> table_rows;  ///< number of each bin in the table, from 0, missing ones counted

    Eigen::Index size() const { return correlation.size(); }
    bool has_edges() const { return (k_high_MeV > k_low_MeV).all(); }
    /// "path:line" of a bin.
    std::string where(Eigen::Index bin) const;
};

/// Throws InputError with file and line unless there is a bin, momenta are positive, low < k* < high (or all equal),
/// bins increase without overlap, and errors are finite and not negative.
void check_measured_correlation(MeasuredCorrelation const& data);

/// The bins that lie within [k_min, k_max], edges included. Throws InputError where none does.
MeasuredCorrelation within(MeasuredCorrelation const& data, double k_min_MeV, double k_max_MeV);

/// The bins that have nothing in common with any of these ranges. Throws InputError where none is left.
MeasuredCorrelation without(MeasuredCorrelation const& data, std::vector<std::pair<double, double>> const& ranges_MeV);

/// Variances for a chi^2: the sums of squares of the named errors (of asymmetric ones, of the mean of both sides).
/// Throws InputError for an unknown name or one with a problem in these bins.
Eigen::ArrayXd variances_of(MeasuredCorrelation const& data, std::vector<std::string> const& error_names);

/// Throws InputError for the first bin whose variance is not positive.
void check_variances(MeasuredCorrelation const& data, Eigen::ArrayXd const& variances);

/// Covariance for a chi^2: the table's, where `with_table`, plus variances_of the named errors on the diagonal. Throws
/// InputError as variances_of and check_variances do.
Eigen::MatrixXd covariance_of(MeasuredCorrelation const& data, std::vector<std::string> const& error_names,
                              bool with_table);

}  // namespace hadronforce
