#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parallel/mpi_session.hpp"

#include <gtest/gtest.h>

#include <cstdio>

/// GoogleTest's main for several ranks: rank 0 reports, the others speak up only when they fail; fails on all ranks if
/// any rank failed or no test ran.
namespace {

class FailuresOnly final : public testing::EmptyTestEventListener {
  public:
    explicit FailuresOnly(int rank) : rank_(rank) {}

  private:
    void OnTestPartResult(testing::TestPartResult const& result) override {
        if (!result.failed()) return;
        std::fprintf(stderr, "rank %d: %s:%d: %s\n", rank_, result.file_name() ? result.file_name() : "?",
                     result.line_number(), result.summary());
    }
    int rank_;
};

}  // namespace

int main(int argc, char** argv) {
    hadronforce::MpiSession const session(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    auto const world = hadronforce::Communicator::world();
    if (!world.is_root()) {
        auto& listeners = testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new FailuresOnly(world.rank()));
    }
    bool const failed = RUN_ALL_TESTS() != 0 || testing::UnitTest::GetInstance()->test_to_run_count() == 0;
    return world.max(std::int64_t{failed ? 1 : 0}) != 0 ? 1 : 0;
}
