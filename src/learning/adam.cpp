#include "learning/adam.hpp"

#include <cmath>

namespace hadronforce {
namespace {

constexpr double beta1 = 0.9, beta2 = 0.999, smallest = 1e-8;

}  // namespace

Adam::Adam(torch::Tensor parameters, torch::Tensor gradient, double weight_decay)
    : first_moment(torch::zeros_like(parameters)),
      second_moment(torch::zeros_like(parameters)),
      parameters_(std::move(parameters)),
      gradient_(std::move(gradient)),
      scratch_(torch::empty_like(parameters_)),
      weight_decay_(weight_decay) {}

void Adam::step(double learning_rate) {
    torch::NoGradGuard const no_gradient;
    ++steps;
    auto const n = static_cast<double>(steps);
    if (weight_decay_ > 0.0) parameters_.mul_(1.0 - learning_rate * weight_decay_);
    first_moment.mul_(beta1).add_(gradient_, 1.0 - beta1);
    second_moment.mul_(beta2).addcmul_(gradient_, gradient_, 1.0 - beta2);
    torch::sqrt_out(scratch_, second_moment).div_(std::sqrt(1.0 - std::pow(beta2, n))).add_(smallest);
    parameters_.addcdiv_(first_moment, scratch_, -learning_rate / (1.0 - std::pow(beta1, n)));
}

}  // namespace hadronforce
