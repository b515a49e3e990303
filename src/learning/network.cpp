#include "hadronforce/learning/network.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"
#include "learning/network_tensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

// Numbers that a layer may give at once, 64 or 128 MB.
constexpr std::int64_t numbers_at_once = std::int64_t{1} << 24;

NetworkForm const& form_of(std::string const& name) {
    for (auto const& form : network_forms())
        if (form.name == name) return form;
    throw InputError("a network of form " + name + " is not known");
}

}  // namespace

std::vector<WeightShape> weights_of(NetworkSettings const& settings, std::int64_t inputs, std::int64_t targets) {
    auto const too_many = [&] {
        return InputError(fmt::format("a network with layers of {} units has more than {} weights; make it narrower",
                                      fmt::join(settings.widths, ", "), largest_weights));
    };
    for (auto const width : settings.widths) {
        if (width < 1) throw InputError("a layer of a network must have at least one unit");
        if (width > largest_weights) throw too_many();
    }
    auto const outputs = make_estimator(settings.estimator)->outputs(targets);
    auto weights = form_of(settings.form).make(settings, inputs, outputs)->weights();
    std::int64_t count = 0;
    for (auto const& weight : weights)
        if ((count += weight.size()) > largest_weights) throw too_many();
    return weights;
}

std::int64_t WeightShape::size() const {
    std::int64_t count = 1;
    for (auto const extent : shape) count *= extent;
    return count;
}

torch::Tensor Network::Tensors::to_tensor(RowMatrixXd const& values) const {
    // from_blob does not write, and `to` or `clone` copies.
    auto const view =
        torch::from_blob(const_cast<double*>(values.data()), {values.rows(), values.cols()}, torch::kFloat64);
    auto const copy = settings.precision == Precision::float32 ? view.to(torch::kFloat32) : view.clone();
    return copy.to(flat.device());
}

void Network::Tensors::allocate(torch::Device device) {
    auto const shapes = architecture->weights();
    std::int64_t count = 0;
    for (auto const& weight : shapes) count += weight.size();
    auto const options = torch::TensorOptions().dtype(scalar_type()).device(device);
    with_own_words([&] {
        flat = torch::zeros({count}, options);
        gradient = torch::zeros({count + extra_sums}, options);
    });
    std::int64_t offset = 0;
    weights.clear();
    for (auto const& weight : shapes) {
        torch::Tensor tensor = flat.narrow(0, offset, weight.size()).view(weight.shape).detach();
        tensor.set_requires_grad(true);
        tensor.mutable_grad() = gradient.narrow(0, offset, weight.size()).view(weight.shape);
        offset += weight.size();
        weights.push_back(tensor);
    }
}

Network::Network(NetworkSettings settings, std::int64_t inputs, std::int64_t targets, std::int64_t seed)
    : tensors_(std::make_unique<Tensors>()) {
    Tensors& t = *tensors_;
    t.settings = std::move(settings);
    t.inputs = inputs;
    t.targets = targets;
    auto const shapes = weights_of(t.settings, inputs, targets);
    t.estimator = make_estimator(t.settings.estimator);
    t.architecture = form_of(t.settings.form).make(t.settings, inputs, t.estimator->outputs(targets));
    t.allocate(torch::kCPU);

    // Kaiming's uniform distribution, as LibTorch has it; what sums over nothing starts at zero.
    std::vector<double> initial(static_cast<std::size_t>(t.flat.numel()), 0.0);
    std::size_t position = 0;
    for (auto const& weight : shapes) {
        auto const end = position + static_cast<std::size_t>(weight.size());
        double const bound = weight.fan_in > 0 ? std::sqrt(3.0 / static_cast<double>(weight.fan_in)) : 0.0;
        for (; position < end; ++position)
            if (bound > 0.0)
                initial[position] = bound * (2.0 * uniform_draw(static_cast<std::uint64_t>(seed), position, 0) - 1.0);
    }
    set_parameters(initial);
}

Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

void Network::move_to(std::string const& device) {
    auto const values = parameters();
    tensors_->allocate(torch::Device(device));
    set_parameters(values);
}

NetworkSettings const& Network::settings() const noexcept { return tensors_->settings; }
std::int64_t Network::inputs() const noexcept { return tensors_->inputs; }
std::int64_t Network::targets() const noexcept { return tensors_->targets; }
std::vector<WeightShape> Network::weights() const { return tensors_->architecture->weights(); }
std::int64_t Network::parameter_count() const noexcept { return tensors_->flat.numel(); }
Network::Tensors& Network::tensors() noexcept { return *tensors_; }
Network::Tensors const& Network::tensors() const noexcept { return *tensors_; }

std::vector<double> Network::parameters() const {
    auto const values = tensors_->flat.to(torch::kCPU, torch::kFloat64).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

void Network::set_parameters(std::vector<double> const& values) {
    torch::NoGradGuard const no_gradient;
    auto const count = static_cast<std::int64_t>(values.size());
    if (count != parameter_count())
        throw InputError(fmt::format("{} weights do not fit a network of {}", count, parameter_count()));
    tensors_->flat.copy_(torch::from_blob(const_cast<double*>(values.data()), {count}, torch::kFloat64));
}

template <class Visit>
void Network::visit_outputs(RowMatrixXd const& inputs, Visit const& visit) const {
    torch::NoGradGuard const no_gradient;
    // In parts, so that what lies between the layers stays small.
    auto const widest = tensors_->architecture->widest();
    Eigen::Index const rows_at_once = std::clamp<std::int64_t>(numbers_at_once / widest, 1, 8192);
    for (Eigen::Index begin = 0; begin < inputs.rows(); begin += rows_at_once) {
        auto const count = std::min(rows_at_once, inputs.rows() - begin);
        with_own_words([&] {
            auto const rows = tensors_->to_tensor(inputs.middleRows(begin, count));
            visit({begin, begin + count}, tensors_->forward(rows).to(torch::kCPU, torch::kFloat64));
        });
    }
}

RowMatrixXd Network::predict(RowMatrixXd const& inputs) const {
    RowMatrixXd means(inputs.rows(), tensors_->targets);
    visit_outputs(inputs, [&](IndexRange rows, torch::Tensor const& outputs) {
        auto const mean = tensors_->estimator->mean(outputs, tensors_->targets).contiguous();
        means.middleRows(rows.begin, rows.size()) =
            Eigen::Map<RowMatrixXd const>(mean.data_ptr<double>(), rows.size(), means.cols());
    });
    return means;
}

std::vector<Eigen::MatrixXd> Network::covariances(RowMatrixXd const& inputs) const {
    std::vector<Eigen::MatrixXd> all;
    auto const n = tensors_->targets;
    visit_outputs(inputs, [&](IndexRange rows, torch::Tensor const& outputs) {
        auto covariance = tensors_->estimator->covariance(outputs, n);
        if (!covariance.defined()) return;
        covariance = covariance.contiguous();
        for (std::int64_t i = 0; i < rows.size(); ++i)
            all.push_back(Eigen::Map<RowMatrixXd const>(covariance.data_ptr<double>() + i * n * n, n, n));
    });
    return all;
}

double Network::loss(RowMatrixXd const& inputs, RowMatrixXd const& targets) const {
    double sum = 0.0;
    visit_outputs(inputs, [&](IndexRange rows, torch::Tensor const& outputs) {
        RowMatrixXd part = targets.middleRows(rows.begin, rows.size());
        auto const wanted = torch::from_blob(part.data(), {part.rows(), part.cols()}, torch::kFloat64);
        sum += tensors_->estimator->loss(outputs, wanted).item<double>();
    });
    return sum;
}

double Network::loss_and_gradient(RowMatrixXd const& inputs, RowMatrixXd const& targets,
                                  std::vector<double>& gradient) {
    Tensors& t = *tensors_;
    t.gradient.zero_();
    auto const loss = t.estimator->loss(t.forward(t.to_tensor(inputs)), t.to_tensor(targets));
    loss.backward();
    auto const values = t.gradient.narrow(0, 0, parameter_count()).to(torch::kCPU, torch::kFloat64).contiguous();
    gradient.assign(values.data_ptr<double>(), values.data_ptr<double>() + values.numel());
    return loss.item<double>();
}

}  // namespace hadronforce
