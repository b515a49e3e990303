#pragma once

#include "hadronforce/lattice/waves_file.hpp"

namespace hadronforce {

/// Units as the files of kernels and waves name them.
struct KernelUnitNames {
    char const* length;
    char const* volume;
    char const* momentum;
    char const* kernel;
    char const* target;
};
KernelUnitNames const& names(KernelUnits const& units);

/// Collective, as all below.
void write_units(File& file, KernelUnits const& units);
KernelUnits read_units(File const& file);

/// A one-dimensional dataset of finite numbers. Throws InputError for others.
Eigen::ArrayXd read_column(File const& file, std::string const& name);
std::vector<double> to_vector(Eigen::Ref<Eigen::ArrayXd const> const& values);

void write_curve(File& file, std::vector<KernelFitStep> const& curve);
std::vector<KernelFitStep> read_curve(File const& file);

}  // namespace hadronforce
