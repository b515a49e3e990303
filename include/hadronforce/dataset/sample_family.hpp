#pragma once

#include "hadronforce/dataset/family_solver.hpp"
#include "hadronforce/parameters/parameter.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

/// A number that is kept of each sample beside those that its pair has: V at a radius, or a curve at a momentum.
struct ChosenNumber {
    Quantity quantity;
    bool is_potential;
    std::size_t place;  ///< among PairKind::potentials or PairQuantities::curves
    double at;          ///< in fm or MeV/c
};

/// All correlation functions that a config speaks of: measurements of a pair, and how their parameters vary.
struct SampleFamily {
    std::vector<FamilyMeasurement> measurements;  ///< one or more
    std::vector<Parameter> free;                  ///< in the order of the model's parameters
    std::vector<std::size_t> curves;  ///< which of the pair's PairQuantities::curves are kept beside C, at k_star_MeV()
    std::vector<ChosenNumber> chosen;

    /// The pair, as the first measurement sees it.
    MeasurementModel const& model() const { return measurements.front().model; }
    PairModel const& pair() const { return model().pair; }
    MeasurementParts parts() const { return parts_of(measurements); }
    /// Bins of all measurements, one after the other.
    Eigen::ArrayXd k_low_MeV() const;
    Eigen::ArrayXd k_high_MeV() const;
    Eigen::ArrayXd k_star_MeV() const { return 0.5 * (k_low_MeV() + k_high_MeV()); }
    std::vector<std::string> names() const { return names_of(free); }
    /// All numbers of a sample: the pair's, then those chosen.
    std::vector<Quantity> numbers() const;
    /// Of `curves`.
    std::vector<Quantity> kept_curves() const;
    /// Values of the free parameters of sample `index`, a function of (seed, index) alone.
    Eigen::VectorXd draw(std::uint64_t seed, std::int64_t index) const;
    /// Of each measurement.
    std::vector<BinEdges> bins() const;
    /// For all members of the family.
    FamilySolver make_solver() const { return FamilySolver(measurements); }
    /// The same in other bins of each measurement.
    FamilySolver make_solver(std::vector<BinEdges> const& bins) const;
};

}  // namespace hadronforce
