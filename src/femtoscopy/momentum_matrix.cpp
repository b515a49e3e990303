#include "hadronforce/femtoscopy/momentum_matrix.hpp"

#include "hadronforce/error.hpp"

#include <boost/math/interpolators/makima.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

namespace hadronforce {
namespace {

template <class... Parts>
[[noreturn]] void refuse(MomentumMatrix const& matrix, Parts const&... parts) {
    std::ostringstream text;
    text << matrix.path << ": ";
    (text << ... << parts);
    throw InputError(text.str());
}

void check_edges(MomentumMatrix const& matrix, Eigen::ArrayXd const& low, Eigen::ArrayXd const& high,
                 char const* what) {
    if (low.size() == 0 || low.size() != high.size()) refuse(matrix, "has no ", what);
    for (Eigen::Index i = 0; i < low.size(); ++i) {
        if (!(low[i] >= 0.0 && high[i] > low[i]))
            refuse(matrix, "the ", what, " from ", low[i], " to ", high[i],
                   " MeV/c is no bin; edges must increase from 0 or more");
        if (i > 0 && low[i] < high[i - 1] - 1e-9 * high[i])
            refuse(matrix, "the ", what, " from ", low[i], " MeV/c begins before the one that ends at ", high[i - 1],
                   "; they must not overlap");
    }
}

std::string row_text(MomentumMatrix const& matrix, Eigen::Index i) {
    std::ostringstream text;
    text << "the row from " << matrix.low_MeV[i] << " to " << matrix.high_MeV[i] << " MeV/c ";
    return text.str();
}

double linear(Eigen::ArrayXd const& x, Eigen::ArrayXd const& y, double at) {
    auto const above = std::upper_bound(x.begin(), x.end(), at) - x.begin();
    if (above == 0) return y[0];
    if (above == x.size()) return y[x.size() - 1];
    double const t = (at - x[above - 1]) / (x[above] - x[above - 1]);
    return (1.0 - t) * y[above - 1] + t * y[above];
}

}  // namespace

void check_momentum_matrix(MomentumMatrix const& matrix) {
    check_edges(matrix, matrix.low_MeV, matrix.high_MeV, "rows");
    check_edges(matrix, matrix.from_low_MeV, matrix.from_high_MeV, "columns");
    if (matrix.weights.rows() != matrix.low_MeV.size() || matrix.weights.cols() != matrix.from_low_MeV.size())
        refuse(matrix, "the matrix is ", matrix.weights.rows(), " x ", matrix.weights.cols(), ", its edges are of ",
               matrix.low_MeV.size(), " rows and ", matrix.from_low_MeV.size(), " columns");
    for (Eigen::Index i = 0; i < matrix.weights.rows(); ++i) {
        double const sum = matrix.weights.row(i).sum();
        if (!(matrix.weights.row(i).minCoeff() >= 0.0) || !std::isfinite(sum))
            refuse(matrix, row_text(matrix, i), "has a weight that is negative or not finite");
        if (!(std::fabs(sum - 1.0) <= 1e-3))
            refuse(matrix, row_text(matrix, i), "adds to ", sum,
                   "; it must add to 1 (normalise: true divides each row by its sum)");
    }
}

void normalise_rows(MomentumMatrix& matrix) {
    for (Eigen::Index i = 0; i < matrix.weights.rows(); ++i) {
        double const sum = matrix.weights.row(i).sum();
        if (!(sum > 0.0)) refuse(matrix, row_text(matrix, i), "has no pairs; leave the row out");
        matrix.weights.row(i) /= sum;
    }
}

MomentumMatrix rows_of_bins(MomentumMatrix const& matrix, Eigen::ArrayXd const& low_MeV,
                            Eigen::ArrayXd const& high_MeV) {
    MomentumMatrix part = matrix;
    part.low_MeV = low_MeV;
    part.high_MeV = high_MeV;
    part.weights.resize(low_MeV.size(), matrix.weights.cols());
    for (Eigen::Index i = 0; i < low_MeV.size(); ++i) {
        double const margin = 1e-6 * high_MeV[i];
        Eigen::Index row = 0;
        while (row < matrix.low_MeV.size() && (std::fabs(matrix.low_MeV[row] - low_MeV[i]) > margin ||
                                               std::fabs(matrix.high_MeV[row] - high_MeV[i]) > margin))
            ++row;
        if (row == matrix.low_MeV.size())
            refuse(matrix, "has no row for the bin from ", low_MeV[i], " to ", high_MeV[i],
                   " MeV/c of the data; its rows must be the measured bins");
        part.weights.row(i) = matrix.weights.row(row);
    }
    return part;
}

Eigen::ArrayXd fed_down(MomentumMatrix const& matrix, Eigen::ArrayXd const& of_columns,
                        Eigen::ArrayXd const& k_star_MeV) {
    Eigen::ArrayXd const values = (matrix.weights * of_columns.matrix()).array();
    Eigen::ArrayXd const centres = 0.5 * (matrix.low_MeV + matrix.high_MeV);
    if (centres.size() < 4) return k_star_MeV.unaryExpr([&](double k) { return linear(centres, values, k); });
    boost::math::interpolators::makima<std::vector<double>> const curve({centres.begin(), centres.end()},
                                                                        {values.begin(), values.end()});
    double const first = centres[0], last = centres[centres.size() - 1];
    return k_star_MeV.unaryExpr([&](double k) { return curve(std::clamp(k, first, last)); });
}

}  // namespace hadronforce
