#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <string>

namespace hadronforce {

/// What the config of `pca` says of the dataset and the output.
struct PcaConfig {
    std::string dataset;
    std::string input;            ///< "correlation", "log_correlation", "relative_to_error"
    double relative_error = 0.0;  ///< of the mean C at each k*, with relative_to_error and without `error`
    Eigen::RowVectorXd error{};   ///< of C at each k*, from a table; empty where there is none
    Eigen::Index components = 0;  ///< at most so many are kept
    std::string file;             ///< HDF5
    std::string table;            ///< CSV, or empty
    bool scores = true;
};

/// Reads `dataset.file`, which is opened to read the rest.
std::string read_pca_dataset(Section const& root);

/// Collective. Reads all but `directions`. Throws InputError with file and line, also for a table of errors that has
/// not the dataset's k*.
PcaConfig read_pca_config(Section const& root, DatasetFile const& dataset, Communicator const& comm);

}  // namespace hadronforce
