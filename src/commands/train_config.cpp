#include "commands/train_config.hpp"

#include "hadronforce/learning/network_ensemble.hpp"
#include "hadronforce/learning/network_forms.hpp"
#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/setup/prior_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

Check<std::int64_t> from_1_to(std::int64_t highest) {
    return [highest](std::int64_t const& value) {
        return value >= 1 && value <= highest ? "" : fmt::format("must lie between 1 and {}", highest);
    };
}

/// A batch of which one rank holds all samples, every layer's numbers, their gradients and what is between.
void check_batch(Section const& root, TrainConfig const& c) {
    constexpr double most_bytes = 2147483648.0;
    double units = 0.0;
    for (auto width : c.network.widths) units += static_cast<double>(width);
    if (form_takes_points(c.network.form)) units *= static_cast<double>(c.views->most_points);
    double const bytes = 4.0 * units * (c.network.precision == Precision::float32 ? 4.0 : 8.0);
    auto const rows = static_cast<double>(std::min(c.training.batch_size, c.training_samples));
    if (rows * bytes > most_bytes)
        root.section("training")
            .fail("batch_size", fmt::format("needs {:.0f} GB for a batch of {:.0f} samples; for this network at "
                                            "most {:.0f}",
                                            rows * bytes * 1e-9, rows, std::floor(most_bytes / bytes)));
}

/// A number or a prior; `fixed` where the key is absent.
Prior number_or_prior(Section const& section, std::string const& key, Prior const& absent, double lowest,
                      double highest) {
    if (!section.has(key)) return absent;
    if (!section.is_mapping(key)) {
        auto const value = section.required<double>(key);
        if (value < lowest || value > highest)
            section.fail(key, fmt::format("must lie between {} and {}", lowest, highest));
        return {Prior::Kind::fixed, value, 0.0};
    }
    auto const prior = read_prior(section.section(key), false);
    if (!prior) section.fail(key, "must be a number, {uniform: [low, high]} or {log_uniform: [low, high]}");
    if (prior->kind == Prior::Kind::normal) section.fail(key, "must have bounds, as uniform and log_uniform have");
    if (prior->first < lowest || prior->second > highest)
        section.fail(key, fmt::format("must lie between {} and {}", lowest, highest));
    return *prior;
}

}  // namespace

std::optional<ErrorFamily> read_error_family(Section const& root) {
    if (!root.has("errors")) return std::nullopt;
    Section const section = root.section("errors");
    if (!section.has("size"))
        section.fail("size", "is missing: how large the errors are, as {log_uniform: [1e-3, 0.1]}");
    ErrorFamily errors;
    errors.size = number_or_prior(section, "size", errors.size, 1e-9, 1e3);
    errors.momentum_power = number_or_prior(section, "momentum_power", errors.momentum_power, -4.0, 4.0);
    errors.correlation_power = number_or_prior(section, "correlation_power", errors.correlation_power, 0.0, 2.0);
    errors.normalisation = section.optional<double>("normalisation", 0.0, [](double const& part) {
        return part >= 0.0 && part <= 1.0 ? "" : "must lie between 0 and 1";
    });
    return errors;
}

std::vector<std::string> read_dataset_files(Section const& dataset) {
    if (!dataset.is_list("file")) return {dataset.input("file")};
    auto const paths = dataset.required<std::vector<std::string>>("file", each(one_line()));
    for (std::size_t i = 0; i < paths.size(); ++i) dataset.reads(paths[i], fmt::format("dataset.file[{}]", i));
    return paths;
}

namespace {

void read_views(Section const& root, ViewFamily& views) {
    Section const section = root.optional_section("views");
    Check<std::int64_t> const points = [](std::int64_t const& count) {
        return count >= 3 && count <= 5000 ? "" : "must lie between 3 and 5000";
    };
    Check<double> const part = [](double const& value) {
        return value >= 0.0 && value <= 0.45 ? "" : "must lie between 0 and 0.45";
    };
    views.fewest_points = section.optional<std::int64_t>("fewest_points", views.fewest_points, points);
    views.most_points = section.optional<std::int64_t>("most_points", views.most_points, points);
    if (views.most_points < views.fewest_points) section.fail("most_points", "is below fewest_points");
    views.largest_cut = section.optional<double>("largest_cut", views.largest_cut, part);
    views.largest_missing = section.optional<double>("largest_missing", views.largest_missing, part);
}

}  // namespace

TrainConfig read_train_config(Section const& root) {
    TrainConfig c;
    Section const dataset = root.section("dataset");
    c.datasets = read_dataset_files(dataset);
    c.training_from = dataset.optional<std::string>("training_from", "memory", one_of({"memory", "stream", "solve"}));
    if (c.training_from == "stream") {
        c.stream.window_samples =
            dataset.optional<std::int64_t>("window_samples", c.stream.window_samples, at_least(1));
        c.stream.block_samples = dataset.optional<std::int64_t>("block_samples", c.stream.block_samples, at_least(1));
    }
    if (c.training_from == "solve")
        c.solver_threads = dataset.optional<std::int64_t>("solver_threads", 0, [](std::int64_t const& threads) {
            auto const cores = cores_of_machine();
            return threads >= 0 && threads <= cores ? "" : fmt::format("must lie between 0 and {}", cores);
        });
    c.training_samples = dataset.required<std::int64_t>("training_samples", at_least(2));
    c.validation_samples = dataset.required<std::int64_t>("validation_samples", at_least(1));
    c.targets = dataset.optional<std::vector<std::string>>("targets", {});

    Section const features = root.optional_section("features");
    c.logarithm = features.optional<std::string>("input", "log_correlation",
                                                 one_of({"log_correlation", "correlation"})) == "log_correlation";
    c.smallest_variance = features.optional<double>("smallest_variance", 1e-10, between(0.0, 1.0));
    c.contrast = features.optional<double>("contrast", 0.0, between(0.0, 1e3));
    c.most_components = features.optional<std::int64_t>("components", 30, at_least(1));

    c.errors = read_error_family(root);

    Section const network = root.optional_section("network");
    c.network.form = network.optional<std::string>("form", c.network.form, one_of(network_form_names()));
    c.network.estimator = network.optional<std::string>("estimator", c.network.estimator, one_of(estimator_names()));
    c.network.widths = network.optional<std::vector<std::int64_t>>(
        "widths", c.network.widths, [&c](std::vector<std::int64_t> const& widths) -> std::string {
            if (auto problem = each(at_least(1))(widths); !problem.empty()) return problem;
            auto settings = c.network;
            settings.widths = widths;
            auto const failure =
                failure_of([&] { weights_of(settings, form_takes_points(settings.form) ? numbers_a_point : 1, 1); });
            return failure ? "makes " + failure->message : "";
        });
    c.network.activation =
        network.optional<std::string>("activation", c.network.activation, one_of(activation_names()));
    auto const precision = network.optional<std::string>("precision", "float32", one_of({"float32", "float64"}));
    c.network.precision = precision == "float32" ? Precision::float32 : Precision::float64;

    c.members = network.optional<std::int64_t>("members", 1, from_1_to(most_members));

    if (root.has("views") && !form_takes_points(c.network.form) && !c.errors)
        root.fail("views", "of a network of components needs `errors`: without, nothing weighs what points say");
    if (form_takes_points(c.network.form) || root.has("views")) read_views(root, c.views.emplace());

    Section const training = root.optional_section("training");
    auto& t = c.training;
    t.batch_size = training.optional<std::int64_t>("batch_size", t.batch_size, at_least(1));
    t.epochs = training.optional<std::int64_t>("epochs", t.epochs, from_1_to(1000000));
    t.learning_rate = training.optional<double>("learning_rate", t.learning_rate, positive());
    auto const scaling = training.optional<std::string>("rate_by_batch", "none", one_of({"none", "sqrt", "linear"}));
    t.batch_scaling = scaling == "none"   ? BatchScaling::none
                      : scaling == "sqrt" ? BatchScaling::square_root
                                          : BatchScaling::linear;
    t.schedule = training.optional<std::string>("schedule", t.schedule, one_of({"one_cycle", "cosine", "constant"}));
    t.weight_decay = training.optional<double>("weight_decay", t.weight_decay, not_negative());
    t.clip_norm = training.optional<double>("clip_norm", t.clip_norm, not_negative());
    t.average_decay = training.optional<double>("average_decay", t.average_decay, [](double const& decay) {
        return decay >= 0.0 && decay < 1.0 ? "" : "must be at least 0 and below 1";
    });
    t.patience = training.optional<std::int64_t>("patience", t.patience, at_least(1));
    t.checkpoint_every_s = training.optional<double>("checkpoint_every_s", t.checkpoint_every_s, positive());
    t.seed = training.optional<std::int64_t>("seed", t.seed, at_least(0));
    c.threads = training.optional<std::int64_t>("threads", 1, from_1_to(cores_of_machine()));

    if (c.training_samples > std::numeric_limits<std::int64_t>::max() / (t.epochs + 1))
        dataset.fail("training_samples", "times training.epochs is more than can be counted");
    check_batch(root, c);

    c.device = root.optional<std::string>("device", "auto", one_of(device_names()));

    Section const output = root.section("output");
    c.model = output.output("model", OutputKind::hdf5);
    c.learning_curve = output.output("learning_curve", OutputKind::text);
    c.predictions = output.optional_output("predictions", OutputKind::hdf5);
    c.script = output.optional_output("script", OutputKind::hdf5);
    if (!c.script.empty() && c.views && !form_takes_points(c.network.form))
        output.fail("script", "takes C at the training's own momenta alone: leave it out, or views");
    return c;
}

}  // namespace hadronforce
