#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/file.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace hadronforce {
namespace {

DatasetMeaning const numbers{"1", "numbers", {"row", "column"}};

/// What a kill at this moment would leave: the bytes that the operating system has.
void copy_bytes(std::string const& from, std::string const& to) {
    world().barrier();
    if (world().is_root()) std::ofstream(to, std::ios::binary) << std::ifstream(from, std::ios::binary).rdbuf();
    world().barrier();
}

bool disk_can_reserve(std::string const& path) {
    std::int64_t can = 0;
    if (world().is_root()) {
        int const descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
        can = ::fallocate(descriptor, 0, 0, 4096) == 0 ? 1 : 0;
        ::close(descriptor);
    }
    world().broadcast(&can, 1);
    return can != 0;
}

// An exbibyte fits on no disk. The message comes before the work does, to all ranks, nothing is left behind, and the
// program can go on.
TEST(Disk, AFullDiskIsNoticedBeforeAnythingIsWritten) {
    TemporaryFile const file("full.h5");
    File out(world(), file.path(), File::Mode::create);
    auto const failure =
        failure_of([&] { out.create_dataset("/huge", {std::int64_t{1} << 57}, Precision::float64, numbers); });
    ASSERT_TRUE(failure.has_value());
    EXPECT_FALSE(failure->is_input_error);
    EXPECT_NE(failure->message.find("full.h5: "), std::string::npos) << failure->message;
    EXPECT_NE(failure->message.find("make room"), std::string::npos) << failure->message;
    world().barrier();
    EXPECT_FALSE(std::ifstream(file.path()).good());
    world().barrier();
    File again(world(), file.path(), File::Mode::create);
    again.write_vector("/small", {1.0}, numbers);
    again.close();
    EXPECT_EQ(File(world(), file.path(), File::Mode::read).read_all("/small")(0, 0), 1.0);
}

// What was there and flushed stays when a later dataset does not fit.
TEST(Disk, AFullDiskLeavesWhatWasFlushed) {
    TemporaryFile const file("kept.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        out.write_vector("/kept", {1.0, 2.0}, numbers);
        out.flush();
        EXPECT_THROW(out.create_dataset("/huge", {std::int64_t{1} << 57}, Precision::float64, numbers),
                     std::runtime_error);
        out.close();
    }
    EXPECT_EQ(File(world(), file.path(), File::Mode::read).read_all("/kept").sum(), 3.0);
}

TEST(Disk, ADatasetsRoomIsReservedWhenItIsCreated) {
    TemporaryFile const file("reserved.h5");
    if (!disk_can_reserve(file.path())) GTEST_SKIP() << "this file system cannot reserve room";
    std::int64_t const rows = 100000;
    File out(world(), file.path(), File::Mode::create);
    out.create_dataset("/values", {rows}, Precision::float64, numbers);
    out.flush();
    struct stat status = {};
    ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
    EXPECT_GE(status.st_size, 8 * rows);
    EXPECT_GE(512 * status.st_blocks, 8 * rows);
    out.close();
}

// Blocks are written into a file whose bookkeeping was flushed at the start; whatever happens later, it opens, and the
// blocks that were flushed are there.
TEST(Disk, AFileThatIsKilledOpensWithWhatWasFlushed) {
    TemporaryFile const file("killed.h5.part"), left("left.h5.part");
    auto const share = share_of(10, world().rank(), world().size());
    File out(world(), file.path(), File::Mode::create);
    out.create_dataset("/values", {20, 3}, Precision::float64, numbers);
    out.set_attribute("/", "config", "samples: 20");
    out.flush();
    out.write_rows("/values", share, RowMatrixXd::Constant(share.size(), 3, 1.0));
    out.flush();
    out.write_rows("/values", {10 + share.begin, 10 + share.end}, RowMatrixXd::Constant(share.size(), 3, 2.0));
    copy_bytes(file.path(), left.path());
    {
        File resumed(world(), left.path(), File::Mode::read_write);
        EXPECT_EQ(resumed.string_attribute("/", "config"), "samples: 20");
        EXPECT_EQ(resumed.read_rows("/values", {0, 10}), RowMatrixXd::Constant(10, 3, 1.0));
        resumed.write_rows("/values", {10 + share.begin, 10 + share.end}, RowMatrixXd::Constant(share.size(), 3, 2.0));
        resumed.close();
    }
    out.close();
    auto const whole = File(world(), file.path(), File::Mode::read).read_all("/values");
    EXPECT_EQ(File(world(), left.path(), File::Mode::read).read_all("/values"), whole);
}

TEST(Disk, APlaceWhereNobodyMayWriteIsTheUsersInput) {
    EXPECT_THROW(File(world(), "no/such/directory/a.h5", File::Mode::create), InputError);
    EXPECT_THROW(File(world(), ::testing::TempDir(), File::Mode::create), InputError);
}

}  // namespace
}  // namespace hadronforce
