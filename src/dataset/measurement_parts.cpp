#include "hadronforce/dataset/measurement_parts.hpp"

#include <numeric>

namespace hadronforce {

std::int64_t MeasurementParts::total() const noexcept {
    return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
}

IndexRange MeasurementParts::part(std::size_t measurement) const {
    auto const begin =
        std::accumulate(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(measurement), std::int64_t{0});
    return {begin, begin + sizes.at(measurement)};
}

MeasurementParts single_measurement(std::int64_t momenta) { return {{""}, {momenta}, {""}}; }

}  // namespace hadronforce
