#include "hadronforce/parameters/prior.hpp"

#include <fmt/format.h>
#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>

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
