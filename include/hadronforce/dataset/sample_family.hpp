#pragma once

#include "hadronforce/dataset/prior.hpp"
#include "hadronforce/femtoscopy/correlation_solver.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

struct Pair {
    std::string name;
    double mass1_MeV = 0.0;
    double mass2_MeV = 0.0;
    double reduced_mass_MeV() const;
};

/// A parameter that varies from sample to sample.
struct FreeParameter {
    std::string name;  ///< its config key, "b1_MeV", "r0_fm"; entries of a list "strengths_MeV[0]"
    std::string key;
    std::size_t entry = 0;   ///< in the list of that key
    bool of_source = false;  ///< else of the potential
    Prior prior;
};

/// One interaction with its source.
struct PairInteraction {
    std::unique_ptr<LocalPotential> potential;
    std::unique_ptr<Source> source;
};

/// All interactions that a config speaks of: what is fixed, and what varies how.
struct SampleFamily {
    Pair pair;
    std::string potential_form;
    PotentialParameters potential;  ///< of free ones, the value does not matter
    std::string source_form = "gaussian";
    SourceParameters source;  ///< likewise
    Eigen::ArrayXd k_star_MeV;
    double tolerance = 1e-6;
    std::vector<FreeParameter> free;

    std::vector<std::string> names() const;
    /// Values of the free parameters of sample `index`, a function of (seed, index) alone.
    std::vector<double> draw(std::uint64_t seed, std::int64_t index) const;
    /// Throws InputError for a value out of range.
    PairInteraction interaction(std::vector<double> const& free_values) const;
    /// For all members of the family.
    CorrelationSolver make_solver() const;
};

}  // namespace hadronforce
