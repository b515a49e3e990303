#pragma once

#include <cstdint>

namespace hadronforce {

/// Of the machine, whatever this process is bound to.
std::int64_t cores_of_machine();

/// Threads that LibTorch and its BLAS use on this rank.
void set_torch_threads(int threads);

/// Billions of floating-point operations a second of a single-precision matrix product, measured once on this rank for
/// some 20 ms. The reference BLAS reaches about 4, OpenBLAS more than 50 a core.
double matrix_product_gflops();

}  // namespace hadronforce
