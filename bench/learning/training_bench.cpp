#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/parallel/mpi_session.hpp"

#include <benchmark/benchmark.h>

// Training samples a second through networks of three layers (14 features, two targets): of the two-parameter problem
// (128 wide, batches of 128), and of those beside which bench/run.py puts PyTorch's DistributedDataParallel. Samples
// are drawn from memory, the optimiser steps; an epoch is timed without its validation.

namespace hadronforce {
namespace {

void training_epoch(benchmark::State& state) {
    auto const comm = Communicator::world();
    constexpr std::int64_t inputs = 14, outputs = 2;
    std::int64_t const width = state.range(0), samples = state.range(2);
    auto const share = share_of(samples, comm.rank(), comm.size());
    Shard const shard{share, samples, RowMatrixXd::Random(share.size(), inputs),
                      RowMatrixXd::Random(share.size(), outputs)};
    Shard const few{share_of(10, comm.rank(), comm.size()), 10, RowMatrixXd::Random(10, inputs),
                    RowMatrixXd::Random(10, outputs)};
    TrainingSettings settings;
    settings.epochs = 1;
    settings.batch_size = state.range(1);
    TrainingCallbacks const nothing{[](TrainingState const&) {}, [](TrainingState const&) {}};
    double sums_s = 0.0, steps_s = 0.0;
    for (auto _ : state) {
        Network network({"mlp", {width, width, width}}, inputs, outputs, 1);
        auto const times = train(comm, network, settings, shard, few, std::nullopt, nothing).times;
        state.SetIterationTime(comm.max(times.steps_s));
        sums_s += times.sums_s;
        steps_s += times.steps_s;
    }
    state.SetItemsProcessed(state.iterations() * samples);
    state.counters["share_in_sums"] = sums_s / steps_s;
    // Of products with weights: forward, and twice as many backward.
    auto const weights = static_cast<double>(inputs * width + 2 * width * width + width * outputs);
    state.counters["flops"] = 6.0 * weights * static_cast<double>(state.iterations() * samples) / steps_s;
}
BENCHMARK(training_epoch)
    ->ArgNames({"width", "batch", "samples"})
    ->Args({128, 128, 10000})
    ->Args({64, 512, 40960})
    ->Args({256, 512, 40960})
    ->Args({1024, 512, 40960})
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);

void peak(benchmark::State& state) {
    for (auto _ : state) state.counters["flops"] = 1e9 * matrix_product_gflops();
}
BENCHMARK(peak)->Iterations(20);

}  // namespace
}  // namespace hadronforce

int main(int argc, char** argv) {
    hadronforce::MpiSession const session(argc, argv);
    hadronforce::set_torch_threads(1);
    benchmark::Initialize(&argc, argv);
    class Silent : public benchmark::BenchmarkReporter {
        bool ReportContext(Context const&) override { return true; }
        void ReportRuns(std::vector<Run> const&) override {}
    } silent;
    if (hadronforce::Communicator::world().is_root())
        benchmark::RunSpecifiedBenchmarks();
    else
        benchmark::RunSpecifiedBenchmarks(&silent);
    return 0;
}
