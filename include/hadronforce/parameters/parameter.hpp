#pragma once

#include "hadronforce/parameters/prior.hpp"

#include <limits>
#include <string>
#include <vector>

namespace hadronforce {

/// A number that varies: from sample to sample, or in a fit.
struct Parameter {
    std::string name;    ///< the path of its key, "potential.b1_MeV", "source.r0_fm", or its name in `parameters`
    double start = 0.0;  ///< of a fit; of what is drawn, a value for which its model makes sense
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    std::string unit = "1";
    /// What is drawn from, or known beforehand: a fit counts a normal one as a measurement.
    Prior prior = {};
};

/// Whether a fit moves it in its logarithm: one with a log-uniform prior, which is positive.
bool moves_in_logarithm(Parameter const& parameter);

/// One that is drawn.
Parameter drawn(std::string name, Prior const& prior);

std::vector<std::string> names_of(std::vector<Parameter> const& parameters);
std::string units_of(std::vector<Parameter> const& parameters);  ///< with commas between

/// Whether both name one parameter: earlier versions left out "potential." or "source." at the beginning, and where
/// that is no doubt, so may whoever names one.
bool same_parameter(std::string const& a, std::string const& b);
bool are_same_parameters(std::vector<std::string> const& a, std::vector<std::string> const& b);

}  // namespace hadronforce
