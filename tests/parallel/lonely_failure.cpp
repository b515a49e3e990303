#include "hadronforce/parallel/communicator.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

// Not a test of its own: CTest runs it to see that the test program ends where one rank leaves a test alone.
TEST(Lonely, LastRankThrowsWhileTheOthersWait) {
    auto const world = hadronforce::Communicator::world();
    if (world.rank() == world.size() - 1) throw std::runtime_error("left alone");
    world.barrier();
}
