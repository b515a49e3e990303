#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/measurement_model.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/number_reader.hpp"

namespace hadronforce {

/// Whether a config says anything of what the detector sees beside genuine pairs: `lambda`, `contributions`,
/// `resolution`, `bins`, `normalisation`, `baseline`.
bool has_measurement(Section const& root);

/// Collective. Fills those of a model whose pair is there (docs/measured_data.md). `k_max_MeV`: where the measured bins
/// end. Throws InputError with file and line.
void read_measurement(Section const& root, Communicator const& comm, NumberReader& numbers, double k_max_MeV,
                      MeasurementModel& model);

}  // namespace hadronforce
