#include "hadronforce/parameters/prior.hpp"

#include <fmt/format.h>
#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {

double Prior::quantile(double uniform) const {
    switch (kind) {
        case Kind::uniform:
            return first + (second - first) * uniform;
        case Kind::log_uniform:
            return std::clamp(first * std::exp(uniform * std::log(second / first)), first, second);
        case Kind::normal:
            return boost::math::quantile(boost::math::normal(first, second), uniform);
        case Kind::fixed:
        case Kind::from_file:
            break;
    }
    return first;
}

double Prior::log_density(double value) const {
    static double const log_root_two_pi = 0.5 * std::log(2.0 * std::acos(-1.0));
    constexpr double nowhere = -std::numeric_limits<double>::infinity();
    bool const inside = value >= first && value <= second;
    switch (kind) {
        case Kind::uniform:
            return inside ? -std::log(second - first) : nowhere;
        case Kind::log_uniform:
            return inside ? -std::log(value) - std::log(std::log(second / first)) : nowhere;
        case Kind::normal: {
            double const deviation = (value - first) / second;
            return -0.5 * deviation * deviation - std::log(second) - log_root_two_pi;
        }
        case Kind::fixed:
        case Kind::from_file:
            break;
    }
    return 0.0;
}

std::string problem_of(Prior const& prior) {
    bool const range = prior.kind == Prior::Kind::uniform || prior.kind == Prior::Kind::log_uniform;
    if (range && !(prior.first < prior.second)) return "needs a lower bound below its upper bound";
    if (prior.kind == Prior::Kind::log_uniform && !(prior.first > 0.0)) return "needs positive bounds for a logarithm";
    if (prior.kind == Prior::Kind::normal && !(prior.second > 0.0)) return "needs a positive standard deviation";
    return "";
}

std::string describe(Prior const& prior) {
    switch (prior.kind) {
        case Prior::Kind::uniform:
            return fmt::format("uniform in [{}, {}]", prior.first, prior.second);
        case Prior::Kind::log_uniform:
            return fmt::format("log-uniform in [{}, {}]", prior.first, prior.second);
        case Prior::Kind::normal:
            return fmt::format("normal with mean {} and standard deviation {}", prior.first, prior.second);
        case Prior::Kind::from_file:
            return "from a file";
        case Prior::Kind::fixed:
            break;
    }
    return fmt::format("{}", prior.first);
}

}  // namespace hadronforce
