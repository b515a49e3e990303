#include "hadronforce/lattice/model_average.hpp"

#include "hadronforce/error.hpp"

#include <cmath>
#include <map>

namespace hadronforce {
namespace {

/// Variance over groups of models of the mean in each group, for the columns of `values`. A group: models that agree in
/// the factors of `subset`, a bit each.
Eigen::RowVectorXd variance_of_means(ModelGrid const& grid, RowMatrixXd const& values, unsigned subset) {
    std::map<std::vector<int>, std::pair<double, Eigen::RowVectorXd>> groups;
    for (Eigen::Index m = 0; m < values.rows(); ++m) {
        std::vector<int> known = grid.choices[static_cast<std::size_t>(m)];
        for (std::size_t f = 0; f < known.size(); ++f)
            if ((subset >> f & 1U) == 0) known[f] = -1;
        auto& [weight, sum] = groups.try_emplace(known, 0.0, Eigen::RowVectorXd::Zero(values.cols())).first->second;
        weight += grid.weights[m];
        sum += grid.weights[m] * values.row(m);
    }
    Eigen::RowVectorXd const mean = grid.weights.transpose() * values;
    Eigen::RowVectorXd variance = Eigen::RowVectorXd::Zero(values.cols());
    for (auto const& [key, group] : groups)
        if (group.first > 0.0) variance.array() += group.first * (group.second / group.first - mean).array().square();
    return variance;
}

/// factors x columns of `values`.
RowMatrixXd shapley_shares(ModelGrid const& grid, RowMatrixXd const& values) {
    std::size_t const factors = grid.choices.front().size();
    unsigned const subsets = 1U << factors;
    RowMatrixXd variance(subsets, values.cols());
    for (unsigned subset = 0; subset < subsets; ++subset)
        variance.row(subset) = variance_of_means(grid, values, subset);
    RowMatrixXd shares = RowMatrixXd::Zero(static_cast<Eigen::Index>(factors), values.cols());
    for (unsigned subset = 0; subset < subsets; ++subset) {
        std::size_t known = 0;
        for (std::size_t f = 0; f < factors; ++f) known += subset >> f & 1U;
        // known! (factors - known - 1)!/factors!, of the orders in which the subset comes first.
        double const part =
            std::exp(std::lgamma(static_cast<double>(known) + 1.0) + std::lgamma(static_cast<double>(factors - known)) -
                     std::lgamma(static_cast<double>(factors) + 1.0));
        for (std::size_t f = 0; f < factors; ++f)
            if ((subset >> f & 1U) == 0)
                shares.row(static_cast<Eigen::Index>(f)) +=
                    part * (variance.row(subset | 1U << f) - variance.row(subset));
    }
    return shares.cwiseMax(0.0);
}

void check_sizes(ModelGrid const& grid) {
    auto const models = static_cast<std::size_t>(grid.values.rows());
    bool fit = models > 0 && grid.weights.size() == grid.values.rows() && grid.choices.size() == models &&
               grid.samples.size() == models && grid.other_starts.rows() == grid.values.rows() &&
               grid.other_starts.cols() == grid.values.cols();
    for (std::size_t m = 0; fit && m < models; ++m)
        fit = grid.choices[m].size() == grid.choices[0].size() && grid.samples[m].cols() == grid.values.cols() &&
              grid.samples[m].rows() == grid.samples[0].rows();
    if (!fit) throw InputError("the models of the average do not fit together");
    if (grid.choices[0].size() > 8) throw InputError("an error budget divides errors among at most eight factors");
    if (grid.samples[0].rows() < 2) throw InputError("an error budget needs at least two samples");
}

}  // namespace

ErrorBudget error_budget(ModelGrid const& grid) {
    check_sizes(grid);
    Eigen::Index const models = grid.values.rows(), quantities = grid.values.cols(), samples = grid.samples[0].rows();
    double const factor = variance_factor(grid.kind, samples, grid.left_out);
    ErrorBudget budget;
    budget.value = grid.weights.transpose() * grid.values;
    // Samples' deviations, models x (samples x quantities).
    RowMatrixXd deviations(models, samples * quantities);
    for (Eigen::Index m = 0; m < models; ++m) {
        auto const& of_model = grid.samples[static_cast<std::size_t>(m)];
        RowMatrixXd const deviation = of_model.rowwise() - of_model.colwise().mean();
        deviations.row(m) = deviation.reshaped<Eigen::RowMajor>().transpose();
    }
    auto const over_samples = [&](Eigen::RowVectorXd const& squares) -> Eigen::RowVectorXd {
        return factor * Eigen::Map<RowMatrixXd const>(squares.data(), samples, quantities).colwise().sum();
    };
    Eigen::RowVectorXd const of_mean = grid.weights.transpose() * deviations;
    budget.statistical = over_samples(of_mean.cwiseAbs2()).cwiseSqrt();
    RowMatrixXd const spread = shapley_shares(grid, grid.values), of_noise = shapley_shares(grid, deviations);
    RowMatrixXd systematic = spread;
    for (Eigen::Index f = 0; f < spread.rows(); ++f) systematic.row(f) -= over_samples(of_noise.row(f));
    budget.spread = spread.cwiseSqrt();
    budget.systematic = systematic.cwiseMax(0.0).cwiseSqrt();
    Eigen::RowVectorXd const starts = grid.weights.transpose() * grid.other_starts;
    budget.starts = starts.cwiseSqrt();
    Eigen::RowVectorXd const beside = budget.systematic.cwiseAbs2().colwise().sum() + starts;
    budget.total = (budget.statistical.cwiseAbs2() + beside).cwiseSqrt();
    budget.up.resize(quantities);
    budget.down.resize(quantities);
    for (Eigen::Index q = 0; q < quantities; ++q) {
        double above = 0.0, below = 0.0;
        for (Eigen::Index m = 0; m < models; ++m) {
            double const deviation = grid.values(m, q) - budget.value[q];
            (deviation > 0.0 ? above : below) += grid.weights[m] * deviation * deviation;
        }
        double const whole = above + below;
        budget.up[q] = std::sqrt(beside[q] * (whole > 0.0 ? 2.0 * above / whole : 1.0));
        budget.down[q] = std::sqrt(beside[q] * (whole > 0.0 ? 2.0 * below / whole : 1.0));
    }
    return budget;
}

}  // namespace hadronforce
