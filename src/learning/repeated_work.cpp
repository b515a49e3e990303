#include "learning/repeated_work.hpp"

// The only file that sees CUDA's headers; LibTorch's own of a build without CUDA lead to none.
#ifdef HADRONFORCE_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

#include <utility>

namespace hadronforce {

#ifdef HADRONFORCE_CUDA

struct RepeatedWork::Graph {
    // Libraries set themselves up in the first calls, which no graph may hold.
    static constexpr int calls_before = 3;

    int calls = 0;
    bool is_captured = false;
    at::cuda::CUDAGraph graph;

    void call(std::function<void()> const& work) {
        if (is_captured) {
            graph.replay();
            return;
        }
        auto const current = c10::cuda::getCurrentCUDAStream();
        if (calls++ < calls_before) {
            work();
            return;
        }
        current.synchronize();
        {
            c10::cuda::CUDAStreamGuard const aside(c10::cuda::getStreamFromPool(false, current.device_index()));
            graph.capture_begin();
            work();
            graph.capture_end();
        }
        is_captured = true;
        graph.replay();  // capturing has not done it
    }
};

#else

struct RepeatedWork::Graph {
    void call(std::function<void()> const& work) { work(); }
};

#endif

RepeatedWork::RepeatedWork(torch::Device device, std::function<void()> work)
    : work_(std::move(work)), graph_(device.is_cuda() ? std::make_unique<Graph>() : nullptr) {}
RepeatedWork::~RepeatedWork() = default;
RepeatedWork::RepeatedWork(RepeatedWork&&) noexcept = default;
RepeatedWork& RepeatedWork::operator=(RepeatedWork&&) noexcept = default;

void RepeatedWork::operator()() {
    if (graph_)
        graph_->call(work_);
    else
        work_();
}

}  // namespace hadronforce
