#include "hadronforce/learning/script_file.hpp"

#include "learning/network_tensors.hpp"

#include <ATen/TracerMode.h>
#include <fmt/format.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace hadronforce {
namespace {

// Constants of the module: what is made of them is recorded, they themselves are not.

torch::Tensor matrix(RowMatrixXd const& values) {
    at::tracer::impl::NoTracerDispatchMode const unrecorded;
    return torch::from_blob(const_cast<double*>(values.data()), {values.rows(), values.cols()}, torch::kFloat64)
        .clone();
}

torch::Tensor vector(Eigen::ArrayXd const& values) {
    at::tracer::impl::NoTracerDispatchMode const unrecorded;
    return torch::from_blob(const_cast<double*>(values.data()), {values.size()}, torch::kFloat64).clone();
}

torch::Tensor copy_of(torch::Tensor const& weight) {
    at::tracer::impl::NoTracerDispatchMode const unrecorded;
    return weight.detach().clone();
}

torch::Tensor vector(Eigen::RowVectorXd const& values) { return vector(Eigen::ArrayXd(values.transpose().array())); }

/// By parts of the momenta: what `of_logarithm` makes of those whose logarithm is taken, `of_others` of the others.
template <class OfLogarithm, class OfOthers>
torch::Tensor by_measurement(FeatureTransform const& transform, torch::Tensor const& values,
                             OfLogarithm const& of_logarithm, OfOthers const& of_others) {
    std::vector<torch::Tensor> parts;
    for (std::size_t m = 0; m < transform.measurements.count(); ++m) {
        auto const part = transform.measurements.part(m);
        auto const own = transform.measurements.count() == 1 ? values : values.slice(1, part.begin, part.end);
        parts.push_back(transform.takes_logarithm(m) ? of_logarithm(own, part) : of_others(own, part));
    }
    return parts.size() == 1 ? parts.front() : torch::cat(parts, 1);
}

/// PrincipalComponents::whitened, of what is seen of C.
torch::Tensor components(FeatureTransform const& transform, torch::Tensor const& correlation) {
    auto const seen = by_measurement(
        transform, correlation, [](torch::Tensor const& c, IndexRange) { return c.log(); },
        [](torch::Tensor const& c, IndexRange) { return c; });
    return torch::matmul(seen - vector(transform.components.mean), matrix(transform.components.projection));
}

/// FeatureTransform::features_of_components.
torch::Tensor features_of(FeatureTransform const& transform, torch::Tensor const& z) {
    if (!transform.contrast) return z;
    auto const& contrast = *transform.contrast;
    auto const compressed =
        (torch::asinh((z - vector(contrast.centre)) / vector(contrast.width)) - vector(contrast.mean)) /
        vector(contrast.scale);
    auto const& of = transform.components;
    RowMatrixXd const of_components = of.variance.asDiagonal() * of.projection.transpose();
    auto const input =
        torch::matmul(z, matrix(of_components)) + vector(Eigen::RowVectorXd(of.mean - contrast.input.of_one));
    auto const apart = by_measurement(
        transform, input, [](torch::Tensor const& x, IndexRange) { return torch::expm1(x); },
        [](torch::Tensor const& x, IndexRange) { return x; });
    auto const curve = torch::asinh(apart / contrast.near) - vector(contrast.components.mean);
    return torch::cat({compressed, torch::matmul(curve, matrix(contrast.components.projection))}, 1);
}

/// FeatureTransform::features, of C without and with errors.
torch::Tensor features(FeatureTransform const& transform, torch::Tensor const& correlation) {
    return features_of(transform, components(transform, correlation));
}

torch::Tensor features(FeatureTransform const& transform, torch::Tensor const& correlation,
                       torch::Tensor const& error) {
    auto const projection = matrix(transform.components.projection);
    auto const as_it_is = [](torch::Tensor const& values, IndexRange) { return values; };
    auto const known = by_measurement(
        transform, correlation,
        [&](torch::Tensor const& c, IndexRange part) {
            return torch::maximum(c, error.slice(1, part.begin, part.end));
        },
        as_it_is);
    auto const of_input = by_measurement(
        transform, error,
        [&](torch::Tensor const& e, IndexRange part) { return e / known.slice(1, part.begin, part.end); }, as_it_is);
    auto variance = torch::matmul(of_input.square(), projection.square());
    double const common = transform.errors->normalisation;
    for (std::size_t m = 0; common > 0.0 && m < transform.measurements.count(); ++m) {
        if (!transform.measurements.is_correlation(m)) continue;
        auto const part = transform.measurements.part(m);
        auto const own = known.slice(1, part.begin, part.end);
        auto const moved = transform.logarithm ? torch::ones_like(own) : own;
        variance =
            variance +
            (common * torch::matmul(moved, matrix(transform.components.projection.middleRows(part.begin, part.size()))))
                .square();
    }
    auto const z = components(transform, known);
    auto size = torch::log1p(variance);
    if (transform.lowest_error.size() > 0) {  // FeatureTransform::as_trained
        auto const at_least = torch::maximum(size, vector(transform.lowest_error));
        variance = torch::expm1(at_least);
        size = torch::minimum(at_least, vector(transform.highest_error));
    }
    auto const shrunk = features_of(transform, z / (1.0 + variance));
    auto const n = transform.components.projection.cols();
    auto const all = torch::cat({shrunk.slice(1, 0, n), size, shrunk.slice(1, n)}, 1);
    return (all - vector(transform.mean)) / vector(transform.scale);
}

/// Values at `k` of what is linear between the nodes.
torch::Tensor linear(Eigen::ArrayXd const& nodes, Eigen::ArrayXd const& values, torch::Tensor const& k) {
    auto const at = vector(nodes), of = vector(values);
    auto const above = torch::searchsorted(at, k, false, true).clamp(1, nodes.size() - 1);
    auto const below = above - 1;
    auto const part = ((k - at.take(below)) / (at.take(above) - at.take(below))).clamp(0.0, 1.0);
    return (1.0 - part) * of.take(below) + part * of.take(above);
}

/// PointScales::row, of all samples at the same momenta.
std::vector<torch::Tensor> points(FeatureTransform const& transform, PointScales const& scales, torch::Tensor const& k,
                                  torch::Tensor const& correlation, torch::Tensor const& error) {
    double const low = scales.k_star_MeV[0], span = scales.k_star_MeV[scales.k_star_MeV.size() - 1] - low;
    double const range = span > 0.0 ? span : 1.0;
    auto const mean = linear(scales.k_star_MeV, scales.mean, k), width = linear(scales.k_star_MeV, scales.scale, k);
    bool const has_contrast = scales.near > 0.0, logarithm = scales.logarithm && !has_contrast;
    auto const known = logarithm ? torch::maximum(correlation, error) : correlation;
    auto const seen = has_contrast ? torch::asinh((known - 1.0) / scales.near) : logarithm ? known.log() : known;
    auto const of_input = has_contrast ? error / ((known - 1.0).square() + scales.near * scales.near).sqrt()
                          : logarithm  ? error / known
                                       : error;
    auto const ones = torch::ones_like(correlation);
    auto const ends = torch::cat({k.narrow(0, 0, 1), k, k.slice(0, -1)});
    auto const measure = (ends.slice(0, 2) - ends.slice(0, 0, -2)) * (0.5 / range);
    auto errors = transform.errors ? 1.0 + (of_input / width).clamp_min(1e-6).log10() / 3.0 : torch::zeros_like(ones);
    if (transform.lowest_error.size() > 0) {  // FeatureTransform::as_trained
        auto const of_width = width.log10() / 3.0;
        errors = torch::minimum(torch::maximum(errors, transform.lowest_error[0] - of_width),
                                transform.highest_error[0] - of_width);
    }
    return {(2.0 * (k - low) / range - 1.0) * ones, (seen - mean) / width, errors, measure * ones, ones};
}

/// Of all measurements, each given as momenta, values and errors. Those of others leave their places empty.
torch::Tensor points(FeatureTransform const& transform, std::vector<torch::Tensor> const& given) {
    auto const count = transform.points.size();
    std::vector<torch::Tensor> all;
    for (std::size_t m = 0; m < count; ++m)
        for (auto const& channel :
             points(transform, transform.points[m], given[3 * m].reshape({-1}), given[3 * m + 1], given[3 * m + 2]))
            for (std::size_t other = 0; other < count; ++other)
                all.push_back(other == m ? channel : torch::zeros_like(given[3 * other + 1]));
    return torch::cat(all, 1);
}

/// TargetTransform::physical.
torch::Tensor physical(TargetTransform const& targets, torch::Tensor const& outputs) {
    auto const coordinates = outputs * vector(targets.scale) + vector(targets.mean);
    std::vector<torch::Tensor> columns;
    for (std::size_t t = 0; t < targets.targets.size(); ++t) {
        auto const column = coordinates.select(1, static_cast<std::int64_t>(t));
        switch (targets.targets[t].scale) {
            case TargetScale::linear:
                columns.push_back(column);
                break;
            case TargetScale::logarithm:
                columns.push_back(column.exp());
                break;
            case TargetScale::quantiles: {
                auto const values = vector(targets.quantiles[t]);
                auto const last = targets.quantiles[t].size() - 1;
                auto const place = column.clamp(0.0, 1.0) * static_cast<double>(last);
                auto const below = place.floor().clamp_max(static_cast<double>(last - 1));
                auto const index = below.to(torch::kInt64);
                auto const part = place - below;
                columns.push_back((1.0 - part) * values.take(index) + part * values.take(index + 1));
            }
        }
    }
    return torch::stack(columns, 1);
}

}  // namespace

void write_script(std::string const& path, Model const& model) {
    torch::NoGradGuard const no_gradient;
    auto const& transform = model.features;
    auto const expected = [&](Network const& network, torch::Tensor const& seen) {
        auto const& t = network.tensors();
        std::vector<torch::Tensor> weights;
        for (auto const& weight : t.weights) weights.push_back(copy_of(weight));
        auto const outputs = t.architecture->forward(weights, seen.to(t.scalar_type())).to(torch::kFloat64);
        return t.estimator->mean(outputs, t.targets);
    };
    // Two samples, whose operations are recorded.
    torch::jit::Stack inputs;
    auto const example = [&](Eigen::ArrayXd const& k_star_MeV) {
        if (transform.takes_points()) inputs.emplace_back(vector(k_star_MeV));
        inputs.emplace_back(torch::ones({2, k_star_MeV.size()}, torch::kFloat64));
        if (transform.takes_points() || transform.errors)
            inputs.emplace_back(torch::full({2, k_star_MeV.size()}, 0.01, torch::kFloat64));
    };
    if (!transform.takes_points()) example(transform.k_star_MeV);
    for (auto const& scales : transform.points) example(scales.k_star_MeV);
    auto const answer = [&](torch::jit::Stack const& arguments) -> torch::jit::Stack {
        std::vector<torch::Tensor> given;
        for (auto const& argument : arguments) given.push_back(argument.toTensor());
        auto const seen = transform.takes_points() ? points(transform, given)
                          : transform.errors       ? features(transform, given[0], given[1])
                                                   : features(transform, given[0]);
        auto const& members = model.network.members();
        torch::Tensor sum = expected(members.front(), seen);
        for (std::size_t m = 1; m < members.size(); ++m) sum = sum + expected(members[m], seen);
        if (members.size() > 1) sum = sum / static_cast<double>(members.size());
        return {physical(model.targets, sum)};
    };
    std::ostringstream script;
    try {
        torch::jit::Module module("hadronforce.Model");
        auto const graph = torch::jit::tracer::trace(
                               inputs, answer, [](torch::Tensor const&) { return std::string(); }, true, false, &module)
                               .first->graph;
        auto const name = c10::QualifiedName(*module.type()->name(), "forward");
        module.type()->addMethod(module._ivalue()->compilation_unit()->create_function(name, graph));
        // LibTorch ends the program where a disk is full.
        module.save(script);
    } catch (c10::Error const& error) {
        throw std::runtime_error(
            fmt::format("{}: cannot be written by LibTorch ({})", path, error.what_without_backtrace()));
    }
    std::ofstream file(path, std::ios::binary);
    file << script.str();
    file.close();
    if (!file) throw std::runtime_error(fmt::format("{}: cannot be written ({})", path, std::strerror(errno)));
}

}  // namespace hadronforce
