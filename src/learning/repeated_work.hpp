#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>

namespace hadronforce {

/// Work of unchanging operations on unchanging memory. On a CUDA device it is captured as a graph after its first few
/// calls and replayed from then on, which spares the launch of each operation; elsewhere it is done each time.
class RepeatedWork {
  public:
    RepeatedWork(torch::Device device, std::function<void()> work);
    ~RepeatedWork();
    RepeatedWork(RepeatedWork&&) noexcept;
    RepeatedWork& operator=(RepeatedWork&&) noexcept;

    void operator()();

  private:
    struct Graph;
    std::function<void()> work_;
    std::unique_ptr<Graph> graph_;  ///< none but on a CUDA device
};

}  // namespace hadronforce
