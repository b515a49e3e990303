#include "hadronforce/dataset/sample_family.hpp"

#include "hadronforce/random/random.hpp"

namespace hadronforce {

std::vector<Quantity> SampleFamily::numbers() const {
    auto all = model.pair.kind->quantities().numbers;
    for (auto const& number : chosen) all.push_back(number.quantity);
    return all;
}

std::vector<Quantity> SampleFamily::kept_curves() const {
    std::vector<Quantity> kept;
    auto const all = model.pair.kind->quantities().curves;
    for (auto const i : curves) kept.push_back(all.at(i));
    return kept;
}

Eigen::VectorXd SampleFamily::draw(std::uint64_t seed, std::int64_t index) const {
    Eigen::VectorXd values(static_cast<Eigen::Index>(free.size()));
    for (std::size_t i = 0; i < free.size(); ++i)
        values[static_cast<Eigen::Index>(i)] = free[i].prior.quantile(
            uniform_draw(seed, static_cast<std::uint64_t>(index), static_cast<std::uint32_t>(i)));
    return values;
}

}  // namespace hadronforce
