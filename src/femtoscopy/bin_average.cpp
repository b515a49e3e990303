#include "hadronforce/femtoscopy/bin_average.hpp"

#include "hadronforce/error.hpp"

#include <boost/math/special_functions/legendre.hpp>

#include <sstream>
#include <vector>

namespace hadronforce {
namespace {

/// Nodes and weights of Gauss's rule on [-1, 1].
struct GaussRule {
    std::vector<double> x, weight;
};

GaussRule gauss_rule(int points) {
    GaussRule rule;
    auto const add = [&](double x) {
        double const slope = boost::math::legendre_p_prime(points, x);
        rule.x.push_back(x);
        rule.weight.push_back(2.0 / ((1.0 - x * x) * slope * slope));
    };
    auto const zeros = boost::math::legendre_p_zeros<double>(points);  // those that are not negative
    for (auto x = zeros.rbegin(); x != zeros.rend(); ++x)
        if (*x > 0.0) add(-*x);
    for (double x : zeros) add(x);
    return rule;
}

}  // namespace

BinAverage::BinAverage(Eigen::ArrayXd const& low_MeV, Eigen::ArrayXd const& high_MeV, int points,
                       Weight const& weight) {
    if (points < 1 || points > 64) throw InputError("the points in each bin must lie between 1 and 64");
    GaussRule const rule = gauss_rule(points);
    std::vector<double> nodes, weights;
    first_.resize(low_MeV.size() + 1);
    for (Eigen::Index i = 0; i < low_MeV.size(); ++i) {
        double const low = low_MeV[i], high = high_MeV[i];
        std::ostringstream bin;
        bin << "the bin from " << low << " to " << high << " MeV/c ";
        if (!(low >= 0.0 && high >= low)) throw InputError(bin.str() + "is reversed or begins below 0");
        first_[i] = static_cast<Eigen::Index>(nodes.size());
        if (low == high) {
            nodes.push_back(low);
            weights.push_back(1.0);
            continue;
        }
        double sum = 0.0;
        for (std::size_t p = 0; p < rule.x.size(); ++p) {
            double const k = 0.5 * (low + high + (high - low) * rule.x[p]);
            double const w = rule.weight[p] * weight(k);
            if (!(w >= 0.0)) throw InputError(bin.str() + "has a negative weight");
            nodes.push_back(k);
            weights.push_back(w);
            sum += w;
        }
        if (!(sum > 0.0)) throw InputError(bin.str() + "has no weight");
        for (std::size_t p = weights.size() - rule.x.size(); p < weights.size(); ++p) weights[p] /= sum;
    }
    auto const count = static_cast<Eigen::Index>(nodes.size());
    first_[low_MeV.size()] = count;
    nodes_MeV_ = Eigen::Map<Eigen::ArrayXd const>(nodes.data(), count);
    weights_ = Eigen::Map<Eigen::ArrayXd const>(weights.data(), count);
}

Eigen::ArrayXd BinAverage::average(Eigen::Ref<Eigen::ArrayXd const> const& at_nodes) const {
    Eigen::ArrayXd result(bins());
    for (Eigen::Index i = 0; i < bins(); ++i) {
        auto const n = first_[i + 1] - first_[i];
        result[i] = (weights_.segment(first_[i], n) * at_nodes.segment(first_[i], n)).sum();
    }
    return result;
}

}  // namespace hadronforce
