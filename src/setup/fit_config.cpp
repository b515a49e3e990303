#include "hadronforce/setup/fit_config.hpp"

#include "hadronforce/setup/measurements_config.hpp"
#include "hadronforce/setup/plausibility.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hadronforce {

Eigen::Index FitConfig::bins() const {
    Eigen::Index sum = 0;
    for (auto const& measured : measurements) sum += measured.data.bins.size();
    return sum;
}

namespace {

constexpr std::int64_t most_cells = 1000000;

/// A parameter of that name, or a number of the genuine pair of a measurement, "low.a0_fm" of several.
FitScanAxis named_axis(Section const& section, std::string const& name, FitConfig const& config) {
    FitScanAxis result;
    result.axis.name = name;
    for (std::size_t i = 0; i < config.parameters.size(); ++i)
        if (same_parameter(config.parameters[i].name, name)) {
            result.axis.parameter = static_cast<Eigen::Index>(i);
            result.axis.unit = config.parameters[i].unit;
            return result;
        }
    std::string known;
    for (std::size_t m = 0; m < config.measurements.size(); ++m) {
        auto const& measured = config.measurements[m];
        auto const numbers = measured.model.pair.kind->quantities().numbers;
        std::string const prefix = measured.name.empty() ? "" : measured.name + ".";
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if (numbers[i].is_count) continue;
            known += ", " + prefix + numbers[i].name;
            if (prefix + numbers[i].name != name) continue;
            result.measurement = m;
            result.quantity = static_cast<Eigen::Index>(i);
            result.axis.unit = numbers[i].unit;
            return result;
        }
    }
    section.fail("over", fmt::format("= {} is neither a parameter nor a quantity of this fit: {}{}", name,
                                     fmt::join(names_of(config.parameters), ", "), known));
}

void read_scan(Section const& root, FitConfig& config) {
    std::int64_t cells = 1;
    for (auto const& section : root.list("scan")) {
        auto axis = named_axis(section, section.required<std::string>("over"), config);
        double const from = section.required<double>("from"), to = section.required<double>("to");
        auto const points = section.required<std::int64_t>("points", at_least(1));
        cells = points > most_cells ? points : cells * points;
        if (cells > most_cells) section.fail("points", "makes a scan of more than a million cells");
        if (!(from < to)) section.fail("to", "must be larger than from");
        axis.axis.values = Eigen::ArrayXd::LinSpaced(points, from, to);
        if (points == 1) axis.axis.values[0] = from;
        if (axis.axis.parameter) {
            auto const& parameter = config.parameters[static_cast<std::size_t>(*axis.axis.parameter)];
            if (from < parameter.low || to > parameter.high)
                section.fail("from", fmt::format("and to leave the bounds of {}, {:.6g} to {:.6g}", parameter.name,
                                                 parameter.low, parameter.high));
        }
        if (!config.scan.empty() && config.scan.front().axis.name == axis.axis.name)
            section.fail("over", "is the first axis again");
        config.scan.push_back(std::move(axis));
    }
    if (root.has("scan") && (config.scan.empty() || config.scan.size() > 2))
        root.fail("scan", fmt::format("has {} axes; give one or two", config.scan.size()));
}

bool begins_with_any(std::string const& text, std::vector<std::string> const& keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](auto const& key) { return text.rfind(key + ".", 0) == 0 || text.rfind(key + "=", 0) == 0; });
}

/// Overrides of each variation: a text or a list of texts, "key.path=value".
std::vector<std::vector<std::string>> read_overrides(Section const& root) {
    std::vector<std::vector<std::string>> result;
    if (!root.has("variations")) return result;
    Section const entries = root.entries("variations");
    for (auto const& key : entries.keys()) {
        result.push_back(entries.is_list(key) ? entries.required<std::vector<std::string>>(key)
                                              : std::vector{entries.required<std::string>(key)});
        if (result.back().empty()) entries.fail(key, "varies nothing; write key.path=value, as behind --set");
        for (auto const& text : result.back())
            if (text.find('=') == std::string::npos || begins_with_any(text, {"variations", "output", "scan", "fit"}))
                entries.fail(key, fmt::format("= {} varies nothing; write key.path=value, as behind --set", text));
        if (std::count(result.begin(), result.end(), result.back()) > 1)
            entries.fail(key, "is a variation again; keep one");
    }
    return result;
}

/// `is_variation`: of another fit, whose scan it does not repeat.
FitConfig read_one(Section const& root, Communicator const& comm, bool is_variation) {
    FitConfig config;
    FitNumbers numbers;
    config.measurements = read_measurements(root, comm, numbers);
    config.parameters = numbers.space().free();
    auto const free = static_cast<Eigen::Index>(config.parameters.size()), known = constraints_of(config.parameters);
    if (free == 0)
        root.fail("source", "and all else is fixed; write a number as {start: ..., min: ..., max: ...} to fit it");
    if (config.bins() + known < free)
        (root.has("data") ? root.section("data") : root)
            .fail(root.has("data") ? "file" : "measurements",
                  fmt::format("leaves {} bins in the range, too few for {} parameters", config.bins(), free));
    Section const fit = root.optional_section("fit");
    config.profile = fit.optional<bool>("profile", true);
    Check<std::int64_t> const count_of_starts = [](std::int64_t const& value) {
        return value >= 0 && value <= 100000 ? "" : "must lie between 0 and 100000";
    };
    config.more_starts = static_cast<int>(fit.optional<std::int64_t>("more_starts", 0, count_of_starts));
    config.seed = static_cast<std::uint64_t>(fit.optional<std::int64_t>("seed", 1, at_least(0)));
    config.any_lambdas = is_allowed(root, doubts::lambdas);
    Section const output = root.section("output");
    config.file = output.optional_output("file", OutputKind::hdf5);
    config.table = output.optional_output("table", OutputKind::text);
    if (output.has("hepdata")) {
        config.hepdata = output.optional_output("hepdata", OutputKind::text);
        if (config.measurements.size() > 1)
            output.fail("hepdata", "is a table of one measurement; there are several, which table and file hold");
    }
    Section const bootstrap = fit.optional_section("bootstrap");
    if (fit.has("bootstrap")) {
        config.bootstrap_samples = bootstrap.required<std::int64_t>("samples", at_least(2));
        config.bootstrap_seed = static_cast<std::uint64_t>(bootstrap.optional<std::int64_t>("seed", 1, at_least(0)));
    }
    if (is_variation)
        for (auto const& axis : root.list("scan")) axis.read_all();
    else
        read_scan(root, config);
    if (root.has("scan")) config.scan_table = output.optional_output("scan", OutputKind::text);
    if (config.file.empty() && config.table.empty())
        root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    return config;
}

}  // namespace

FitConfig read_fit_config(Config const& config, Communicator const& comm) {
    FitConfig result = read_one(config.root(), comm, false);
    auto const all = read_overrides(config.root());
    for (std::size_t i = 0; i < all.size(); ++i) {
        FitVariation variation;
        variation.label = fmt::format("{}", fmt::join(all[i], ", "));
        try {
            Config const varied = config.overridden(all[i]);
            auto one = read_one(varied.root(), comm, true);
            read_overrides(varied.root());
            varied.reject_unread_keys();
            for (auto const& [key, path] : varied.files().input_of_key)
                config.root().reads(path, fmt::format("variations[{}].{}", i, key));
            variation.measurements = std::move(one.measurements);
            variation.parameters = std::move(one.parameters);
        } catch (InputError const& error) {
            throw InputError(fmt::format("{} (with variations[{}]: {})", error.what(), i, variation.label));
        }
        result.variations.push_back(std::move(variation));
    }
    return result;
}

}  // namespace hadronforce
