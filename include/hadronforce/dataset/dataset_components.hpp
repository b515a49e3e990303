#pragma once

#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/dataset/measurement_parts.hpp"
#include "hadronforce/dataset/streamed_moments.hpp"

#include <Eigen/Core>

#include <cstdint>

namespace hadronforce {

/// Principal components of a cloud, largest variance first; a component's sign makes its largest entry positive.
struct ComponentSpectrum {
    Eigen::ArrayXd variance;     ///< of all components; what rounding makes negative is 0
    Eigen::MatrixXd components;  ///< dimensions x kept components, orthonormal

    Eigen::ArrayXd explained() const { return variance / variance.sum(); }  ///< shares of the total variance
    Eigen::ArrayXd cumulative() const;                                      ///< of the first so many together
    /// How many components, from the first on, explain at least this share.
    Eigen::Index reaching(double share) const;
};

/// Keeps at most `most` components, and of those only such as rounding leaves something of: variances down to 1e-13 of
/// the largest, but one at least. Throws InputError where all points are the same.
ComponentSpectrum component_spectrum(Eigen::MatrixXd const& covariance, Eigen::Index most);

/// What principal components of a dataset are taken of: C or its logarithm, over an error.
struct ComponentInput {
    bool logarithm = false;
    Eigen::RowVectorXd error{};       ///< of each k*; empty: 1
    MeasurementParts measurements{};  ///< of the momenta, of which only C has a logarithm; none: a single C

    /// `correlation`: rows x momenta. Throws InputError for a logarithm of C <= 0.
    RowMatrixXd of(RowMatrixXd const& correlation) const;
};

/// Collective. The moments of C, or of the logarithm of what is C, over all samples that did not fail: one pass in
/// blocks. Throws InputError, which names the file, for rows that DatasetFile refuses, C <= 0 where the logarithm is
/// asked for, less than two samples.
Moments dataset_moments(Communicator const& comm, DatasetFile const& dataset, bool logarithm,
                        std::int64_t block = rows_in_block);

/// The same cloud with each dimension in units of an error.
Moments over_errors(Moments const& moments, Eigen::RowVectorXd const& error);

}  // namespace hadronforce
