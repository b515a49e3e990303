#include "scattering/unseen_potential.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr Eigen::Index points = 6;
using Weights = Eigen::Array<double, points, points - 1>;

/// Of the points at x = 0 .. 5, at x = 1/2 .. 9/2.
Weights interpolation_weights() {
    Weights weights;
    for (Eigen::Index at = 0; at < points - 1; ++at)
        for (Eigen::Index i = 0; i < points; ++i) {
            double const x = static_cast<double>(at) + 0.5;
            double weight = 1.0;
            for (Eigen::Index j = 0; j < points; ++j)
                if (j != i) weight *= (x - static_cast<double>(j)) / static_cast<double>(i - j);
            weights(i, at) = weight;
        }
    return weights;
}

/// Of v at the odd nodes between the even nodes `begin` and `end` from the polynomials through six even ones, which all
/// lie there, times g.
double sum_of_deviations(Eigen::ArrayXd const& v, Eigen::ArrayXd const& g, Eigen::Index begin, Eigen::Index end) {
    if (end - begin < 2 * (points - 1)) return 0.0;
    static Weights const weights = interpolation_weights();
    double sum = 0.0;
    for (Eigen::Index n = begin + 1; n < end; n += 2) {
        Eigen::Index const first = std::clamp<Eigen::Index>(n - points + 1, begin, end - 2 * (points - 1));
        auto const even = v(Eigen::seqN(first, Eigen::fix<points>, 2));
        sum += std::fabs(v[n] - (weights.col((n - first) / 2) * even).sum()) * g[n];
    }
    return sum;
}

}  // namespace

double unseen_between_nodes(Eigen::ArrayXd r_v, GridLevel const& level, Eigen::Index jump, double beyond_jump) {
    Eigen::Index const last = r_v.size() - 1;
    double sum = sum_of_deviations(r_v, level.dr_dx_fm, 2, jump == 0 ? last : jump);
    if (jump != 0) {
        r_v[jump] = beyond_jump;
        sum += sum_of_deviations(r_v, level.dr_dx_fm, jump, last);
    }
    return 2.0 * level.step * sum;
}

double negligibly_unseen(double tolerance) { return 1e-4 * std::sqrt(1e6 * tolerance); }

}  // namespace hadronforce
