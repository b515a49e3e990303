#include "hadronforce/learning/torch_runtime.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <torch/torch.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace hadronforce {

std::int64_t cores_of_machine() { return std::max<std::int64_t>(1, ::sysconf(_SC_NPROCESSORS_ONLN)); }

std::vector<std::string> device_names() { return {"auto", "cpu", "cuda"}; }

std::string device_of(Communicator const& comm, std::string const& name) {
    auto const turn = comm.rank_on_machine();
    int devices = 0;
    agree(comm, [&] {
        if (name != "cpu") devices = static_cast<int>(torch::cuda::device_count());
        if (name == "cuda" && devices == 0)
            throw InputError("device: cuda: there is no CUDA device that LibTorch knows; write device: cpu, or auto");
    });
    return devices > 0 ? "cuda:" + std::to_string(turn % devices) : "cpu";
}

void set_torch_threads(int threads) { torch::set_num_threads(threads); }

double matrix_product_gflops() {
    torch::NoGradGuard const no_gradient;
    std::int64_t const n = 256;
    auto const a = torch::ones({n, n});
    auto const b = torch::ones({n, n});
    torch::mm(a, b);  // the first call sets BLAS up
    using Clock = std::chrono::steady_clock;
    auto const start = Clock::now();
    double seconds = 0.0;
    int products = 0;
    while (seconds < 0.02) {
        torch::mm(a, b);
        ++products;
        seconds = std::chrono::duration<double>(Clock::now() - start).count();
    }
    return 2.0 * static_cast<double>(n * n * n) * products / seconds * 1e-9;
}

}  // namespace hadronforce
