#pragma once

#include "hadronforce/femtoscopy/source_registry.hpp"

#include <functional>

/// One factory a form; each throws InputError for a parameter out of range.
namespace hadronforce::sources {

SourceForm cauchy();
SourceForm core_and_resonances();
SourceForm double_gaussian();
SourceForm exponential();
SourceForm gaussian();
SourceForm levy();
SourceForm tabulated();

/// The radius outside which `fraction` of the pairs are, from the decreasing function that says how many are outside;
/// `scale_fm` is any radius of the source's size.
double radius_by_bisection(std::function<double(double r_fm)> const& fraction_outside, double fraction,
                           double scale_fm);

}  // namespace hadronforce::sources
