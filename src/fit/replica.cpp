#include "hadronforce/fit/replica.hpp"

#include "hadronforce/random/random.hpp"

#include <algorithm>
#include <map>

namespace hadronforce {

Replica replica(std::vector<FittedMeasurement> const& measurements, std::vector<Parameter> const& parameters,
                Eigen::VectorXd const& start, std::uint64_t seed, std::int64_t number) {
    std::uint32_t draws = 0;
    auto const draw = [&] { return normal_draw(seed, static_cast<std::uint64_t>(number), draws++); };
    Replica result{measurements, parameters};
    std::map<std::string, double> common;  // of errors that several measurements have
    for (auto& measured : result.measurements) {
        auto& c = measured.data.bins.correlation;
        Eigen::VectorXd noise(c.size());
        for (auto& one : noise) one = draw();
        Eigen::ArrayXd moved = c + measured.whitening->unwhiten(noise).array();
        for (auto const& error : measured.data.correlated) {
            auto const [known, is_new] = common.emplace(error.name, 0.0);
            if (is_new) known->second = draw();
            if (error.of_bins.size() > 0)
                moved += known->second * error.of_bins;
            else
                moved += known->second * error.relative * c;
        }
        c = moved;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto& parameter = result.parameters[i];
        bool const is_shift = parameter.name.rfind("shift of ", 0) == 0;  // which the data were moved by
        if (parameter.prior.kind == Prior::Kind::normal && !is_shift)
            parameter.prior.first += parameter.prior.second * draw();
        parameter.start = std::clamp(start[static_cast<Eigen::Index>(i)], parameter.low, parameter.high);
    }
    return result;
}

}  // namespace hadronforce
