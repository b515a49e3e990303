#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

/// Of the machine, whatever this process is bound to.
std::int64_t cores_of_machine();

/// What networks may be computed on: "auto" (a CUDA device where there is one), "cpu", "cuda".
std::vector<std::string> device_names();

/// Collective. The device that `name` means on this rank: "cpu" or "cuda:N"; ranks of one machine take its devices in
/// turn. Throws InputError for "cuda" where a rank has none.
std::string device_of(Communicator const& comm, std::string const& name);

/// Threads that LibTorch and its BLAS use on this rank.
void set_torch_threads(int threads);

/// Billions of floating-point operations a second of a single-precision matrix product, measured once on this rank for
/// some 20 ms. The reference BLAS reaches about 4, OpenBLAS more than 50 a core.
double matrix_product_gflops();

}  // namespace hadronforce
