#pragma once

#include <Eigen/Core>

#include <string>

namespace hadronforce {

/// How pairs move between bins of k*: row i tells from which bins of the other momentum the pairs of bin i come. As
/// momentum resolution, rows are measured and columns true momenta; as feed-down, rows are momenta of the daughters'
/// pair and columns those of the mothers' pair.
struct MomentumMatrix {
    std::string path;
    Eigen::ArrayXd low_MeV, high_MeV;            ///< edges of the rows
    Eigen::ArrayXd from_low_MeV, from_high_MeV;  ///< edges of the columns
    Eigen::MatrixXd weights;                     ///< rows x columns; each row adds to 1
};

/// Throws InputError with the path: edges that do not increase or overlap, sizes that do not match, weights that are
/// negative, rows that do not add to 1 within 1e-3.
void check_momentum_matrix(MomentumMatrix const& matrix);

/// Divides each row by its sum, as a histogram of pairs needs it. Throws InputError for a row without pairs.
void normalise_rows(MomentumMatrix& matrix);

/// The rows of these bins alone, in their order. Throws InputError naming the first bin that is no row.
MomentumMatrix rows_of_bins(MomentumMatrix const& matrix, Eigen::ArrayXd const& low_MeV,
                            Eigen::ArrayXd const& high_MeV);

/// matrix * averages over its columns: one value a row, at its centre; then interpolated to `k_star_MeV` (modified
/// Akima; linear for fewer than four rows; constant outside the centres).
Eigen::ArrayXd fed_down(MomentumMatrix const& matrix, Eigen::ArrayXd const& of_columns,
                        Eigen::ArrayXd const& k_star_MeV);

}  // namespace hadronforce
