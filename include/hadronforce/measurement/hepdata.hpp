#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"

#include <string>

namespace hadronforce {

/// Reads a table in HEPData's YAML format: one independent variable, the momentum in MeV/c or GeV/c by its header's
/// units, as {low, high}, {value} or both; of the dependent variables the one whose header has the name `dependent`
/// (empty: the only one). Errors: any number, with labels, as symerror or asymerror {plus, minus}, as numbers or "5%"
/// of the value; one without a label is "error". Bins whose value is '-' are missing. Not collective. Throws InputError
/// with file and line for what is not such a table or what check_measured_correlation refuses.
MeasuredCorrelation read_hepdata(std::string const& path, std::string const& dependent = "");

/// Fills the covariance of `data` from a second file. HEPData's YAML: two independent variables that name the bin of
/// the row and that of the column, by momentum where their header has a unit, else by number from 1 (missing bins of
/// the table counted), and one dependent variable. Any other name: a CSV file with the columns bin1, bin2, covariance.
/// Pairs that are not listed count as zero unless the mirrored pair is. Not collective. Throws InputError with file
/// and line for bins that the data do not have, unequal mirrored entries, a bin without a variance, and a matrix that
/// is not positive definite.
void read_covariance(std::string const& path, std::string const& dependent, MeasuredCorrelation& data);

}  // namespace hadronforce
