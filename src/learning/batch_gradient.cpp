#include "learning/batch_gradient.hpp"

namespace hadronforce {
namespace {

// Where ranks share batches by chance there are many sizes, too many to have a graph of each.
constexpr std::size_t most_sizes = 4;

}  // namespace

torch::Tensor BatchGradient::backward(torch::Tensor const& inputs, torch::Tensor const& targets) {
    auto sum = tensors_.estimator->loss(tensors_.forward(inputs), targets);
    sum.backward();
    return sum.detach();
}

double BatchGradient::add(Batch const& batch) {
    auto const device = tensors_.flat.device();
    auto const known = of_sizes_.count(batch.inputs.sizes().vec()) > 0;
    if (device.is_cuda() && (known || of_sizes_.size() < most_sizes)) return replay(batch);
    return backward(batch.inputs.to(device), batch.targets.to(device)).item<double>();
}

double BatchGradient::replay(Batch const& batch) {
    auto const shape = batch.inputs.sizes().vec();
    auto found = of_sizes_.find(shape);
    if (found == of_sizes_.end()) {
        auto const options = tensors_.flat.options();
        auto const inputs = torch::empty(batch.inputs.sizes(), options);
        auto const targets = torch::empty(batch.targets.sizes(), options);
        auto const loss = torch::empty({}, options);
        auto const work = [this, inputs, targets, loss] { loss.copy_(backward(inputs, targets)); };
        found = of_sizes_.emplace(shape, OfSize{inputs, targets, loss, {inputs.device(), work}}).first;
    }
    auto& of_size = found->second;
    of_size.inputs.copy_(batch.inputs, true);
    of_size.targets.copy_(batch.targets, true);
    of_size.work();
    return of_size.loss.item<double>();
}

}  // namespace hadronforce
