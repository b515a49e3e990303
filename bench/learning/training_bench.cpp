#include "hadronforce/learning/torch_runtime.hpp"
#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/parallel/mpi_session.hpp"

#include <benchmark/benchmark.h>

#include <cmath>

// Training samples a second of the two-parameter problem's network (14 features, 3 x 128, batches of 128): one epoch of
// 10,000 samples, the slowest rank's time.

namespace hadronforce {
namespace {

void training_epoch(benchmark::State& state) {
    auto const comm = Communicator::world();
    constexpr std::int64_t samples = 10000, inputs = 14, outputs = 2;
    auto const share = share_of(samples, comm.rank(), comm.size());
    Shard const shard{share, samples, RowMatrixXd::Random(share.size(), inputs),
                      RowMatrixXd::Random(share.size(), outputs)};
    TrainingSettings settings;
    settings.epochs = 1;
    TrainingCallbacks const nothing{[](TrainingState const&) {}, [](TrainingState const&) {}};
    for (auto _ : state) {
        Network network({}, inputs, outputs, 1);
        auto const result = train(comm, network, settings, shard, shard, std::nullopt, nothing);
        state.SetIterationTime(comm.max(result.seconds));
    }
    state.SetItemsProcessed(state.iterations() * samples);
}
BENCHMARK(training_epoch)->UseManualTime()->Iterations(10)->Unit(benchmark::kMillisecond);

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
