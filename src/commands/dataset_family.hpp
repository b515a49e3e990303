#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/learning/model_file.hpp"

namespace hadronforce {

/// Collective. The family of which a dataset has samples, for others of it. Files that its config names are noted as
/// read by `root`. Throws InputError where the dataset's points came from a file, so that nobody knows what others are
/// drawn from, or where its config is not one of this program's any more.
SampleFamily family_of_dataset(Section const& root, DatasetFile const& dataset, Communicator const& comm);

/// As which a dataset keeps C.
Precision precision_of(DatasetFile const& dataset);

/// Whether the network's answer says all that its dataset varied, so that it can be solved and fitted exactly.
bool answers_all(Model const& model);

/// Collective. The family that the model of that file was trained on. Throws InputError where it does not belong to the
/// model.
SampleFamily family_of_model(Section const& root, Model const& model, std::string const& path,
                             Communicator const& comm);

}  // namespace hadronforce
