#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/random/random.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace hadronforce {

double scheduled_learning_rate(TrainingSettings const& settings, std::int64_t step, std::int64_t steps) {
    auto const cosine = [](double from, double to, double part) {
        return to + (from - to) * 0.5 * (1.0 + std::cos(units::pi * part));
    };
    double const highest = settings.learning_rate;
    double const part = static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(1, steps - 1));
    if (settings.schedule == "constant") return highest;
    if (settings.schedule == "cosine") return cosine(highest, 0.0, part);
    // Smith and Topin's one cycle (arXiv:1708.07120): up for the first 30 %, down for the rest.
    constexpr double up = 0.3;
    if (part < up) return cosine(highest / 25.0, highest, part / up);
    return cosine(highest, highest * 1e-4, (part - up) / (1.0 - up));
}

std::vector<std::int64_t> epoch_order(std::int64_t seed, std::int64_t epoch, std::int64_t samples) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(samples));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    // Fisher and Yates' shuffle; the counter holds the epoch in its upper half.
    for (std::uint64_t i = order.size(); i > 1; --i) {
        auto const counter = static_cast<std::uint64_t>(epoch) << 40U | i;
        std::swap(order[i - 1], order[index_draw(static_cast<std::uint64_t>(seed), counter, i)]);
    }
    return order;
}

}  // namespace hadronforce
