#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/dataset/sample_family.hpp"

namespace hadronforce {

/// Collective. The family of which a dataset has samples, for others of it. Files that its config names are noted as
/// read by `root`. Throws InputError where the dataset's points came from a file, so that nobody knows what others are
/// drawn from, or where its config is not one of this program's any more.
SampleFamily family_of_dataset(Section const& root, DatasetFile const& dataset, Communicator const& comm);

}  // namespace hadronforce
