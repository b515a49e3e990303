#pragma once

#include <torch/torch.h>

#include <string>

namespace hadronforce::networks {

using Activation = torch::Tensor (*)(torch::Tensor const&);

/// Throws InputError for one that is not known.
Activation activation_of(std::string const& name);

}  // namespace hadronforce::networks
