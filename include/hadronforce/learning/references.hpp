#pragma once

#include "hadronforce/storage/file.hpp"

#include <Eigen/Core>

#include <cstdint>

namespace hadronforce {

/// Samples of the training that a model keeps, for data whose errors are larger than any that its network has seen.
struct References {
    RowMatrixXd correlation;  ///< samples x momenta, of all measurements
    RowMatrixXd coordinates;  ///< samples x targets, as the network has them
    bool empty() const { return correlation.rows() == 0; }
};

/// Those that a model keeps of so many samples: 4096 at equal steps, fewer of more than 500 momenta.
References make_references(RowMatrixXd const& correlation, RowMatrixXd const& coordinates);

/// Collective. `/references`, nothing where there are none, as in models of earlier versions and those without errors.
void write_references(File& file, References const& references);
/// Throws InputError for such as fit no model of that many momenta and targets.
References read_references(File const& file, std::int64_t momenta, std::int64_t targets);

}  // namespace hadronforce
