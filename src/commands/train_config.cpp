#include "commands/train_config.hpp"

#include "hadronforce/learning/network_forms.hpp"
#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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
    double const bytes = 4.0 * units * (c.network.precision == Precision::float32 ? 4.0 : 8.0);
    auto const rows = static_cast<double>(std::min(c.training.batch_size, c.training_samples));
    if (rows * bytes > most_bytes)
        root.section("training")
            .fail("batch_size", fmt::format("needs {:.0f} GB for a batch of {:.0f} samples; for this network at "
                                            "most {:.0f}",
                                            rows * bytes * 1e-9, rows, std::floor(most_bytes / bytes)));
}

}  // namespace

TrainConfig read_train_config(Section const& root) {
    TrainConfig c;
    Section const dataset = root.section("dataset");
    c.dataset = dataset.input("file");
    c.training_samples = dataset.required<std::int64_t>("training_samples", at_least(2));
    c.validation_samples = dataset.required<std::int64_t>("validation_samples", at_least(1));
    c.targets = dataset.optional<std::vector<std::string>>("targets", {});

    Section const features = root.optional_section("features");
    c.logarithm = features.optional<std::string>("input", "log_correlation",
                                                 one_of({"log_correlation", "correlation"})) == "log_correlation";
    c.smallest_variance = features.optional<double>("smallest_variance", 1e-10, between(0.0, 1.0));
    c.most_components = features.optional<std::int64_t>("components", 30, at_least(1));

    Section const network = root.optional_section("network");
    c.network.form = network.optional<std::string>("form", c.network.form, one_of(network_form_names()));
    c.network.widths = network.optional<std::vector<std::int64_t>>(
        "widths", c.network.widths, [&c](std::vector<std::int64_t> const& widths) -> std::string {
            if (auto problem = each(at_least(1))(widths); !problem.empty()) return problem;
            auto settings = c.network;
            settings.widths = widths;
            auto const failure = failure_of([&] { weights_of(settings, 1, 1); });
            return failure ? "makes " + failure->message : "";
        });
    c.network.activation =
        network.optional<std::string>("activation", c.network.activation, one_of(activation_names()));
    auto const precision = network.optional<std::string>("precision", "float32", one_of({"float32", "float64"}));
    c.network.precision = precision == "float32" ? Precision::float32 : Precision::float64;

    Section const training = root.optional_section("training");
    auto& t = c.training;
    t.batch_size = training.optional<std::int64_t>("batch_size", t.batch_size, at_least(1));
    t.epochs = training.optional<std::int64_t>("epochs", t.epochs, from_1_to(1000000));
    t.learning_rate = training.optional<double>("learning_rate", t.learning_rate, positive());
    t.schedule = training.optional<std::string>("schedule", t.schedule, one_of({"one_cycle", "cosine", "constant"}));
    t.weight_decay = training.optional<double>("weight_decay", t.weight_decay, not_negative());
    t.patience = training.optional<std::int64_t>("patience", t.patience, at_least(1));
    t.checkpoint_every_s = training.optional<double>("checkpoint_every_s", t.checkpoint_every_s, positive());
    t.seed = training.optional<std::int64_t>("seed", t.seed, at_least(0));
    c.threads = training.optional<std::int64_t>("threads", 1, from_1_to(cores_of_machine()));

    check_batch(root, c);

    Section const output = root.section("output");
    c.model = output.output("model", OutputKind::hdf5);
    c.learning_curve = output.output("learning_curve", OutputKind::text);
    c.predictions = output.optional_output("predictions", OutputKind::hdf5);
    return c;
}

}  // namespace hadronforce
