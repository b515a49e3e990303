#include "interaction/rational_interpolation.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {

Eigen::ArrayXd rational_weights(Eigen::ArrayXd const& nodes, int order) {
    Eigen::Index const n = nodes.size();
    Eigen::ArrayXd weights = Eigen::ArrayXd::Zero(n);
    for (Eigen::Index i = 0; i + order < n; ++i) {
        double const local = nodes[i + order] - nodes[i];
        for (Eigen::Index k = i; k <= i + order; ++k) {
            double term = local;
            for (Eigen::Index j = i; j <= i + order; ++j)
                if (j != k) term *= local / std::fabs(nodes[k] - nodes[j]);
            weights[k] += k % 2 == 0 ? term : -term;
        }
    }
    return weights;
}

bool has_pole_between_nodes(Eigen::ArrayXd const& nodes, Eigen::ArrayXd const& weights) {
    for (Eigen::Index i = 0; i + 1 < nodes.size(); ++i)
        for (double part : {0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98}) {
            double const denominator = (weights / (nodes[i] + part * (nodes[i + 1] - nodes[i]) - nodes)).sum();
            if (!(denominator * weights[i] > 0.0)) return true;
        }
    return false;
}

Eigen::MatrixXd rational_interpolation(Eigen::ArrayXd const& nodes, Eigen::ArrayXd const& weights,
                                       Eigen::ArrayXd const& x) {
    Eigen::MatrixXd rows(x.size(), nodes.size());
    for (Eigen::Index i = 0; i < x.size(); ++i) {
        auto const at = std::lower_bound(nodes.begin(), nodes.end(), x[i]);
        if (at != nodes.end() && *at == x[i]) {
            rows.row(i).setZero();
            rows(i, at - nodes.begin()) = 1.0;
            continue;
        }
        Eigen::ArrayXd const terms = weights / (x[i] - nodes);
        rows.row(i) = (terms / terms.sum()).matrix().transpose();
    }
    return rows;
}

}  // namespace hadronforce
