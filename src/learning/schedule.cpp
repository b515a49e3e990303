#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

double batch_factor(TrainingSettings const& settings) {
    double const factor = static_cast<double>(settings.batch_size) / 128.0;
    switch (settings.batch_scaling) {
        case BatchScaling::linear:
            return factor;
        case BatchScaling::square_root:
            return std::sqrt(factor);
        case BatchScaling::none:
            break;
    }
    return 1.0;
}

}  // namespace

double scheduled_learning_rate(TrainingSettings const& settings, std::int64_t step, std::int64_t steps) {
    auto const cosine = [](double from, double to, double part) {
        return to + (from - to) * 0.5 * (1.0 + std::cos(units::pi * part));
    };
    double const highest = settings.learning_rate * batch_factor(settings);
    double const part = static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(1, steps - 1));
    if (settings.schedule == "constant") return highest;
    if (settings.schedule == "cosine") return cosine(highest, 0.0, part);
    // Smith and Topin's one cycle (arXiv:1708.07120): up for the first 30 %, down for the rest.
    constexpr double up = 0.3;
    if (part < up) return cosine(highest / 25.0, highest, part / up);
    return cosine(highest, highest * 1e-4, (part - up) / (1.0 - up));
}

}  // namespace hadronforce
