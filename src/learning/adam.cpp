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
      coefficients_(torch::zeros({3}, parameters_.options())),
      weight_decay_(weight_decay),
      update_(parameters_.device(), [this] { update(); }) {}

void Adam::step(double learning_rate) {
    torch::NoGradGuard const no_gradient;
    ++steps;
    auto const n = static_cast<double>(steps);
    double const kept = 1.0 - learning_rate * weight_decay_, root = std::sqrt(1.0 - std::pow(beta2, n));
    double const rate = learning_rate / (1.0 - std::pow(beta1, n));
    if (parameters_.is_cuda()) {
        coefficients_.copy_(torch::tensor({kept, 1.0 / root, -rate}, torch::kFloat64));
        update_();
        return;
    }
    if (weight_decay_ > 0.0) parameters_.mul_(kept);
    first_moment.mul_(beta1).add_(gradient_, 1.0 - beta1);
    second_moment.mul_(beta2).addcmul_(gradient_, gradient_, 1.0 - beta2);
    torch::sqrt_out(scratch_, second_moment).div_(root).add_(smallest);
    parameters_.addcdiv_(first_moment, scratch_, -rate);
}

void Adam::update() {
    torch::NoGradGuard const no_gradient;
    if (weight_decay_ > 0.0) parameters_.mul_(coefficients_[0]);
    first_moment.mul_(beta1).add_(gradient_, 1.0 - beta1);
    second_moment.mul_(beta2).addcmul_(gradient_, gradient_, 1.0 - beta2);
    torch::sqrt_out(scratch_, second_moment).mul_(coefficients_[1]).add_(smallest);
    torch::div_out(scratch_, first_moment, scratch_).mul_(coefficients_[2]);
    parameters_.add_(scratch_);
}

}  // namespace hadronforce
