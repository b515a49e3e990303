#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parallel/mpi_session.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <thread>

/// GoogleTest's main for several ranks: rank 0 reports, the others speak up only when they fail; fails on all ranks if
/// any rank failed or no test ran.
namespace {

using Clock = std::chrono::steady_clock;

/// Longer than ranks of one test drift apart after a failure, shorter than anyone wants to wait.
constexpr std::chrono::seconds patience{10};

class Listener final : public testing::EmptyTestEventListener {
  public:
    explicit Listener(hadronforce::Communicator comm) : comm_(std::move(comm)) {}

  private:
    void OnTestPartResult(testing::TestPartResult const& result) override {
        if (!result.failed() || comm_.is_root()) return;
        std::fprintf(stderr, "rank %d: %s:%d: %s\n", comm_.rank(), result.file_name() ? result.file_name() : "?",
                     result.line_number(), result.summary());
    }

    /// All ranks end a test together. A rank that left it early, by an exception or a failed ASSERT, may have left the
    /// others in a collective call that nobody will complete: it ends the run for them.
    void OnTestEnd(testing::TestInfo const& test) override {
        MPI_Request request = MPI_REQUEST_NULL;
        MPI_Ibarrier(comm_.handle(), &request);
        auto const start = Clock::now();
        for (int done = 0;;) {
            MPI_Test(&request, &done, MPI_STATUS_IGNORE);
            if (done != 0) return;
            if (test.result()->Failed() && Clock::now() - start > patience) {
                std::fprintf(stderr, "rank %d failed alone in %s.%s; the other ranks wait in vain\n", comm_.rank(),
                             test.test_suite_name(), test.name());
                MPI_Abort(MPI_COMM_WORLD, 1);
            }
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    }

    hadronforce::Communicator comm_;
};

}  // namespace

int main(int argc, char** argv) {
    hadronforce::MpiSession const session(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    auto const world = hadronforce::Communicator::world();
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    if (!world.is_root()) delete listeners.Release(listeners.default_result_printer());
    Listener listener(world.duplicate());
    listeners.Append(&listener);
    bool const failed = RUN_ALL_TESTS() != 0 || testing::UnitTest::GetInstance()->test_to_run_count() == 0;
    listeners.Release(&listener);
    return world.max(std::int64_t{failed ? 1 : 0}) != 0 ? 1 : 0;
}
