#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"
#include "hadronforce/measurement/momentum_variable.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Which dependent variable of a file is meant: the only one to which all of this applies.
struct VariableChoice {
    std::string name;                     ///< in its header; empty: any
    int number = 0;                       ///< from 1, in the order of the file; 0: any
    std::vector<Qualifier> qualifiers{};  ///< values with or without their units
};

/// Whether a file is one of HEPData's: YAML by its name, or a CSV as HEPData exports it. Throws InputError for a file
/// that cannot be read.
bool is_hepdata(std::string const& path);

/// Reads a table in HEPData's YAML, or in the CSV that HEPData exports (several tables may stand in that): one
/// independent variable, the momentum (factor_to_k_star_MeV), as {low, high}, {value} or both, and the dependent one
/// that is chosen. Errors: any number, with labels, as symerror or asymerror {plus, minus}, as numbers or "5%" of the
/// value; one without a label is "error". Signs that differ say which side lifts the value; without, plus does. What is
/// missing of an error counts 0, and an error that is no number is one when it is asked for (covariance_of). Bins whose
/// value is missing ('-' or nothing) are left out. Not collective. Throws InputError with file and line for what is not
/// such a table or what check_measured_correlation refuses.
MeasuredCorrelation read_hepdata(std::string const& path, VariableChoice const& choice = {},
                                 MomentumReading const& reading = {});

/// Fills the covariance of `data` from a second file. HEPData's YAML or CSV: two independent variables that name the
/// bin of the row and that of the column, by momentum where they have a unit, else by number from 1 (missing bins of
/// the table counted), and one dependent variable. Any other file: CSV with the columns bin1, bin2, covariance. Pairs
/// that are not listed count as zero unless the mirrored pair is. Not collective. Throws InputError with file and line
/// for bins that the data do not have, unequal mirrored entries, a bin without a variance, and a matrix that is not
/// positive definite.
void read_covariance(std::string const& path, VariableChoice const& choice, MomentumReading const& reading,
                     MeasuredCorrelation& data);

}  // namespace hadronforce
