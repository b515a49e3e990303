#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/lattice/correlator_fit_data.hpp"
#include "hadronforce/lattice/waves_file.hpp"

#include <memory>
#include <optional>
#include <string>

namespace hadronforce {

/// The config of `lattice-fit`.
struct KernelFitConfig {
    std::string data_file;
    std::optional<CorrelatorFitSettings> correlator;  ///< where the data are R(t, r); masses are filled in later
    bool fits_samples = true;
    KernelNetworkSettings network;
    KernelFitSettings fit;
    bool penalty_in_fm = false;
    std::string potential;
    std::string learning_curve;
};

/// Throws InputError with file and line.
KernelFitConfig read_kernel_fit_config(Section const& root);
/// The same without outputs: data, network and fit.
KernelFitConfig read_kernel_model(Section const& root);

/// Parameters of the network. Throws InputError with file and line where they are more than a fit takes.
Eigen::Index check_size(Section const& root, KernelNetworkSettings network);

/// What is fitted, and how the output names it.
struct KernelFitInput {
    KernelUnits units;
    std::string wave_axis;
    std::string wave_unit;
    Eigen::ArrayXd wave_values;
    KernelFitData mean;
    std::unique_ptr<CorrelatorFile> correlator;  ///< null for waves
    std::unique_ptr<CorrelatorFitData> correlator_data;
};

/// Collective. Reads the data, and sets the network's cut and scales from them.
KernelFitInput read_kernel_fit_input(Communicator const& comm, KernelFitConfig& config);

}  // namespace hadronforce
