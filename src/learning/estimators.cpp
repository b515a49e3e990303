#include "hadronforce/error.hpp"
#include "hadronforce/learning/network_forms.hpp"
#include "learning/estimator.hpp"

namespace hadronforce {
namespace {

/// The targets' mean: squared errors.
class MeanEstimator final : public Estimator {
  public:
    std::int64_t outputs(std::int64_t targets) const override { return targets; }
    torch::Tensor loss(torch::Tensor const& outputs, torch::Tensor const& targets) const override {
        return (outputs - targets).square().sum();
    }
    torch::Tensor mean(torch::Tensor const& outputs, std::int64_t) const override { return outputs; }
    torch::Tensor covariance(torch::Tensor const&, std::int64_t) const override { return {}; }
};

/// A normal distribution of the targets: the mean, and the lower triangle of the Cholesky factor L of the inverse
/// covariance L^T L, row by row, its diagonal as logarithms. The loss is -2 ln of its density, but for a constant:
/// |L (y - mean)|^2 - 2 ln det L.
class GaussianEstimator final : public Estimator {
  public:
    std::int64_t outputs(std::int64_t targets) const override { return targets + targets * (targets + 1) / 2; }

    torch::Tensor loss(torch::Tensor const& outputs, torch::Tensor const& targets) const override {
        auto const count = targets.size(1);
        auto const deviation = targets - mean(outputs, count);
        std::vector<torch::Tensor> whitened;
        auto place = count;
        auto log_determinant = torch::zeros({outputs.size(0)}, outputs.options());
        for (std::int64_t row = 0; row < count; ++row) {
            auto const logarithm = bounded(outputs.select(1, place + row));
            auto component = logarithm.exp() * deviation.select(1, row);
            if (row > 0) component = component + (outputs.narrow(1, place, row) * deviation.narrow(1, 0, row)).sum(1);
            whitened.push_back(component);
            log_determinant = log_determinant + logarithm;
            place += row + 1;
        }
        return torch::stack(whitened, 1).square().sum() - 2.0 * log_determinant.sum();
    }

    torch::Tensor mean(torch::Tensor const& outputs, std::int64_t targets) const override {
        return outputs.narrow(1, 0, targets);
    }

    torch::Tensor covariance(torch::Tensor const& outputs, std::int64_t targets) const override {
        auto factor = torch::zeros({outputs.size(0), targets, targets}, outputs.options());
        auto place = targets;
        for (std::int64_t row = 0; row < targets; place += ++row) {
            if (row > 0) factor.select(1, row).narrow(1, 0, row).copy_(outputs.narrow(1, place, row));
            factor.select(1, row).select(1, row).copy_(bounded(outputs.select(1, place + row)).exp());
        }
        auto const inverse = torch::linalg_solve(factor, torch::eye(targets, outputs.options()).expand_as(factor));
        return torch::matmul(inverse, inverse.transpose(1, 2));
    }

  private:
    /// Standard deviations from 1e-6 to 1e6 of the targets' own: no step of training may leave them by more.
    static torch::Tensor bounded(torch::Tensor const& logarithm) { return logarithm.clamp(-13.8, 13.8); }
};

template <class Kind>
std::unique_ptr<Estimator> make() {
    return std::make_unique<Kind>();
}

}  // namespace

std::vector<EstimatorForm> const& estimator_forms() {
    static std::vector<EstimatorForm> const all{{"mean", make<MeanEstimator>}, {"gaussian", make<GaussianEstimator>}};
    return all;
}

std::unique_ptr<Estimator> make_estimator(std::string const& name) {
    for (auto const& form : estimator_forms())
        if (form.name == name) return form.make();
    throw InputError("an estimator of the form " + name + " is not known");
}

std::vector<std::string> estimator_names() {
    std::vector<std::string> names;
    for (auto const& form : estimator_forms()) names.push_back(form.name);
    return names;
}

}  // namespace hadronforce
