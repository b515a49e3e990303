#include "hadronforce/fit/replica.hpp"

#include "hadronforce/random/random.hpp"

#include <algorithm>

namespace hadronforce {

Replica replica(std::vector<FittedMeasurement> const& measurements, std::vector<Parameter> const& parameters,
                Eigen::VectorXd const& start, std::uint64_t seed, std::int64_t number) {
    std::uint32_t draws = 0;
    auto const draw = [&] { return normal_draw(seed, static_cast<std::uint64_t>(number), draws++); };
    Replica result{measurements, parameters};
    for (auto& measured : result.measurements) {
        auto& c = measured.data.bins.correlation;
        Eigen::VectorXd noise(c.size());
        for (auto& one : noise) one = draw();
        c += measured.whitening->unwhiten(noise).array();
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto& parameter = result.parameters[i];
        if (parameter.prior.kind == Prior::Kind::normal) parameter.prior.first += parameter.prior.second * draw();
        parameter.start = std::clamp(start[static_cast<Eigen::Index>(i)], parameter.low, parameter.high);
    }
    return result;
}

}  // namespace hadronforce
