#include "learning/model_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hadronforce {
namespace {

std::string quantiles_name(std::size_t target) { return fmt::format("/targets/quantiles_{}", target); }

Eigen::ArrayXd read_quantiles(File const& file, std::size_t target) {
    auto const name = quantiles_name(target);
    auto const shape = file.shape(name);
    require(file, shape.size() == 1 && shape[0] >= 2 && shape[0] <= 1 << 20, name, "must have 2 or more numbers");
    Eigen::ArrayXd const values = row(file, name, shape[0]).transpose().array();
    auto const steps = values.size() - 1;
    require(file, (values.tail(steps) >= values.head(steps)).all() && values[0] < values[steps], name,
            "must not fall, and rise somewhere");
    return values;
}

}  // namespace

void write_targets(File& file, TargetTransform const& targets, Metrics const& test) {
    DatasetMeaning meaning{fmt::format("{}", fmt::join(targets.units(), ", ")), "", {"target"}};
    auto const target_row = [&](std::string const& name, Eigen::RowVectorXd const& values, char const* description) {
        meaning.description = description;
        file.write_vector("/targets/" + name, to_vector(values), meaning);
    };
    target_row("lowest", targets.lowest, "smallest value in the training part");
    target_row("highest", targets.highest, "largest value in the training part");
    target_row("test_rmse", test.rmse, "root mean squared error on the test part");
    target_row("test_bias", test.bias, "mean error on the test part");
    meaning.unit = "1";
    target_row("test_r_squared", test.r_squared, "coefficient of determination on the test part, of the coordinates");
    meaning.unit = "of the coordinates";
    target_row("mean", targets.mean, "coordinate = mean + scale * output");
    target_row("scale", targets.scale, "coordinate = mean + scale * output");
    file.set_attribute("/targets", "names", targets.names());
    file.set_attribute("/targets", "units", targets.units());
    std::vector<std::string> scales;
    for (std::size_t i = 0; i < targets.targets.size(); ++i) {
        auto const& target = targets.targets[i];
        scales.push_back(name_of(target.scale));
        if (target.scale == TargetScale::quantiles)
            file.write_vector(quantiles_name(i), {targets.quantiles[i].begin(), targets.quantiles[i].end()},
                              {target.unit,
                               target.name + " of the training part at equal steps of probability, from 0 to 1, which "
                                             "is its coordinate",
                               {"quantile"}});
    }
    file.set_attribute("/targets", "scales", scales);
}

TargetTransform read_targets(File const& file, std::int64_t format_version) {
    TargetTransform targets;
    auto const names = file.strings_attribute("/targets", "names");
    auto const units = file.strings_attribute("/targets", "units");
    // Models of earlier versions learn everything as it is.
    auto const scales = format_version < 3 ? std::vector<std::string>(names.size(), name_of(TargetScale::linear))
                                           : file.strings_attribute("/targets", "scales");
    require(file, !names.empty(), "/targets@names", "must not be empty");
    require(file, units.size() == names.size(), "/targets@units", "must have one unit a name");
    require(file, scales.size() == names.size(), "/targets@scales", "must have one scale a name");
    auto const known_scales = target_scale_names();
    targets.quantiles.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        bool const is_known = std::find(known_scales.begin(), known_scales.end(), scales[i]) != known_scales.end();
        require(file, is_known, "/targets@scales",
                fmt::format("must each be one of {}", fmt::join(known_scales, ", ")));
        targets.targets.push_back({names[i], units[i], target_scale_of(scales[i])});
        if (targets.targets[i].scale == TargetScale::quantiles) targets.quantiles[i] = read_quantiles(file, i);
    }
    auto const count = static_cast<std::int64_t>(names.size());
    targets.mean = row(file, "/targets/mean", count);
    targets.scale = row(file, "/targets/scale", count);
    require(file, (targets.scale.array() > 0.0).all(), "/targets/scale", "must be positive");
    targets.lowest = row(file, "/targets/lowest", count);
    targets.highest = row(file, "/targets/highest", count);
    require(file, (targets.lowest.array() <= targets.highest.array()).all(), "/targets/lowest",
            "must not exceed /targets/highest");
    return targets;
}

}  // namespace hadronforce
