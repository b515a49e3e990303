#pragma once

#include "hadronforce/learning/model_file.hpp"

#include <string>

namespace hadronforce {

/// Not collective. Writes what Model::predict computes as TorchScript, for `torch.jit.load` in Python or C++: a module
/// whose `forward` takes tensors of double precision and returns samples x targets in their units. Its arguments are
/// (correlation), samples x momenta; (correlation, error) of a model that takes errors; and of a network of points
/// (k_star_MeV, correlation, error), the first ascending and the same for all samples, the last zeros where the model
/// takes none. Throws std::runtime_error where the file cannot be written.
void write_script(std::string const& path, Model const& model);

}  // namespace hadronforce
