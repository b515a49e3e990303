#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// What a network's outputs say of the targets, and what training makes smallest. Targets are standardised.
class Estimator {
  public:
    virtual ~Estimator() = default;
    /// How many outputs speak of so many targets.
    virtual std::int64_t outputs(std::int64_t targets) const = 0;
    /// Summed over samples and outputs: the only loss of training, validation and tests.
    virtual torch::Tensor loss(torch::Tensor const& outputs, torch::Tensor const& targets) const = 0;
    /// samples x targets: what the targets are expected to be.
    virtual torch::Tensor mean(torch::Tensor const& outputs, std::int64_t targets) const = 0;
    /// samples x targets x targets: their covariance; undefined for an estimator that says none.
    virtual torch::Tensor covariance(torch::Tensor const& outputs, std::int64_t targets) const = 0;
};

/// A kind of estimator: its name in configs and model files.
struct EstimatorForm {
    std::string name;
    std::unique_ptr<Estimator> (*make)();
};

/// All registered ones. Each is a line in estimators.cpp, a test of its own and a row in docs/config_keys.md.
std::vector<EstimatorForm> const& estimator_forms();

/// Throws InputError for one that is not known.
std::unique_ptr<Estimator> make_estimator(std::string const& name);

}  // namespace hadronforce
