#pragma once

#include "hadronforce/measurement/momentum_variable.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>

namespace hadronforce {

/// What the numbers of a correlation function are multiplied by, whose unit a table states: 1 for nothing, "1", "-",
/// "dimensionless"; 0.01 for "%"; 1e-2 for "10**-2". None for anything else, such as "x 10^-2", which may mean either.
std::optional<double> size_of_value_unit(std::string const& units);

/// The same of a covariance, whose unit is a square: 1e-4 for "%^2". None for "%" too.
std::optional<double> size_of_covariance_unit(std::string const& units);

/// Whether a unit says nothing at all.
bool is_no_unit(std::string const& units);

/// What the name of a value states as its unit: "%" of "C [%]" and "C_percent", "x 10^2" of "C x 10^2"; empty where it
/// states none. Physical units are left aside: those of "C(k* [GeV/c])" are the momentum's.
std::string value_unit_in_name(std::string const& name);

/// size_of_value_unit of a variable, whose name may state its unit where its header does not; 1 where the reading says
/// that units do not count. Throws InputError "where: ..." for a unit that is none of a correlation function's.
double factor_of_values(std::string const& name, std::string const& units, MomentumReading const& reading,
                        std::string const& where);

/// Throws InputError where the values, multiplied by `factor`, are nowhere near 1, as correlation functions are.
void check_values(Eigen::ArrayXd const& correlation, double factor, std::string const& where);

/// The factor of a covariance of data with this `value_unit`, as factor_of_values. Throws InputError too where the data
/// have a unit and the covariance states none.
double factor_of_covariance(std::string const& name, std::string const& units, double value_unit,
                            MomentumReading const& reading, std::string const& where);

}  // namespace hadronforce
