#pragma once

#include "hadronforce/parallel/work_split.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

/// Measurements whose momenta, and values at them, stand one after the other.
struct MeasurementParts {
    std::vector<std::string> names;   ///< of a single one empty
    std::vector<std::int64_t> sizes;  ///< momenta of each
    std::vector<std::string> curves;  ///< what was measured: the name of a curve of the pair; empty: C

    std::size_t count() const noexcept { return sizes.size(); }
    std::int64_t total() const noexcept;
    /// The places of a measurement.
    IndexRange part(std::size_t measurement) const;

    bool is_correlation(std::size_t measurement) const { return curves.at(measurement).empty(); }

    friend bool operator==(MeasurementParts const& a, MeasurementParts const& b) {
        return a.names == b.names && a.sizes == b.sizes && a.curves == b.curves;
    }
    friend bool operator!=(MeasurementParts const& a, MeasurementParts const& b) { return !(a == b); }
};

/// A single C without a name.
MeasurementParts single_measurement(std::int64_t momenta);

}  // namespace hadronforce
