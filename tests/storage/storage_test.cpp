#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace hadronforce {
namespace {

Communicator const& world() {
    static Communicator const communicator = Communicator::world();
    return communicator;
}

/// A name of this run's own, removed at the end.
class Temporary {
  public:
    explicit Temporary(std::string const& stem) {
        path_ = world().broadcast(::testing::TempDir() + "hadronforce_" + std::to_string(::getpid()) + "_" + stem);
    }
    ~Temporary() {
        world().barrier();
        if (world().is_root()) std::remove(path_.c_str());
    }
    std::string const& path() const { return path_; }

  private:
    std::string path_;
};

std::string message_of(std::function<void()> const& work) {
    try {
        work();
    } catch (InputError const& error) {
        return error.what();
    }
    return "";
}

RowMatrixXd numbered(std::int64_t rows, std::int64_t columns, std::int64_t first) {
    RowMatrixXd values(rows, columns);
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j) values(i, j) = static_cast<double>((first + i) * columns + j);
    return values;
}

TEST(File, RowsWrittenBySharesReadBackWhole) {
    Temporary const file("rows.h5");
    std::int64_t const rows = 7, columns = 3;
    {
        File out(world(), file.path(), File::Mode::create);
        out.create_dataset("/group/values", {rows, columns}, Precision::float64, {"MeV", "numbers", {"row", "column"}});
        auto const share = share_of(rows, world().rank(), world().size());
        out.write_rows("/group/values", share, numbered(share.size(), columns, share.begin));
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_EQ(in.shape("/group/values"), (std::vector<std::int64_t>{rows, columns}));
    EXPECT_EQ(in.read_all("/group/values"), numbered(rows, columns, 0));
    // Each rank another part, the last none at all.
    IndexRange const part = world().rank() == world().size() - 1 ? IndexRange{3, 3} : IndexRange{1, 5};
    EXPECT_EQ(in.read_rows("/group/values", part), numbered(part.size(), columns, part.begin));
    EXPECT_EQ(in.string_attribute("/group/values", "unit"), "MeV");
    EXPECT_EQ(in.strings_attribute("/group/values", "axes"), (std::vector<std::string>{"row", "column"}));
}

TEST(File, SinglePrecisionRoundsToFloat) {
    Temporary const file("float.h5");
    RowMatrixXd const values = RowMatrixXd::Constant(2, 2, 0.1);
    {
        File out(world(), file.path(), File::Mode::create);
        out.write_all("/values", values, Precision::float32, {"1", "tenths", {"i", "j"}});
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_EQ(in.read_all("/values"), values.cast<float>().cast<double>());
    ASSERT_EQ(in.datasets().size(), 1u);
    EXPECT_EQ(in.datasets()[0].type, "float32");
}

TEST(File, AttributesOfEveryTypeReadBack) {
    Temporary const file("attributes.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        out.set_attribute("/", "text",
                          "k\xC2\xB7"
                          "cot");
        out.set_attribute("/", "empty", "");
        out.set_attribute("/", "number", 0.1);
        out.set_attribute("/", "count", std::int64_t{1} << 40);
        out.set_attribute("/", "names", std::vector<std::string>{"b1", "b3"});
        out.set_attribute("/", "values", std::vector<double>{1.0, 2.5});
        out.set_attribute("/", "number", 0.2);
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_EQ(in.string_attribute("/", "text"),
              "k\xC2\xB7"
              "cot");
    EXPECT_EQ(in.string_attribute("/", "empty"), "");
    EXPECT_EQ(in.double_attribute("/", "number"), 0.2);
    EXPECT_EQ(in.integer_attribute("/", "count"), std::int64_t{1} << 40);
    EXPECT_EQ(in.strings_attribute("/", "names"), (std::vector<std::string>{"b1", "b3"}));
    EXPECT_EQ(in.doubles_attribute("/", "values"), (std::vector<double>{1.0, 2.5}));
    EXPECT_NE(message_of([&] { in.double_attribute("/", "text"); }).find("/@text"), std::string::npos);
    EXPECT_NE(message_of([&] { in.string_attribute("/", "missing"); }).find("/@missing"), std::string::npos);
}

// Asked of HDF5 itself after a transfer, not hoped for.
TEST(File, TransfersAreCollective) {
    Temporary const file("collective.h5");
    File out(world(), file.path(), File::Mode::create);
    out.create_dataset("/values", {6, 2}, Precision::float64, {"1", "", {"i", "j"}});
    auto const share = share_of(6, world().rank(), world().size());
    RowMatrixXd values = numbered(share.size(), 2, share.begin);
    hid_t const dataset = H5Dopen2(out.id(), "/values", H5P_DEFAULT);
    hid_t const transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
    hsize_t const start[2] = {static_cast<hsize_t>(share.begin), 0}, count[2] = {static_cast<hsize_t>(share.size()), 2};
    hid_t const space = H5Dget_space(dataset), memory = H5Screate_simple(2, count, nullptr);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
    EXPECT_GE(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, transfer, values.data()), 0);
    H5D_mpio_actual_io_mode_t mode = H5D_MPIO_NO_COLLECTIVE;
    H5Pget_mpio_actual_io_mode(transfer, &mode);
    EXPECT_EQ(mode, H5D_MPIO_CONTIGUOUS_COLLECTIVE);
    H5Sclose(memory), H5Sclose(space), H5Pclose(transfer), H5Dclose(dataset);
    out.close();
}

TEST(File, MessagesForBadFiles) {
    EXPECT_NE(message_of([] { File(world(), "no/such.h5", File::Mode::read); }).find("no/such.h5: cannot be opened"),
              std::string::npos);
    EXPECT_NE(message_of([] { File(world(), "no/such.h5", File::Mode::create); }).find("make its directory"),
              std::string::npos);
    Temporary const text("text.h5");
    if (world().is_root()) std::ofstream(text.path()) << "k_star_MeV,C\n5,1\n";
    world().barrier();
    EXPECT_NE(message_of([&] { File(world(), text.path(), File::Mode::read); }).find("is not an HDF5 file"),
              std::string::npos);
    Temporary const empty("empty.h5");
    if (world().is_root()) std::ofstream(empty.path()).flush();
    world().barrier();
    EXPECT_NE(message_of([&] { File(world(), empty.path(), File::Mode::read); }).find("is empty"), std::string::npos);
}

TEST(File, TruncatedFileIsNamed) {
    Temporary const file("truncated.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        out.write_all("/values", numbered(5000, 4, 0), Precision::float64, {"1", "", {"i", "j"}});
        out.close();
    }
    if (world().is_root()) {
        EXPECT_EQ(::truncate(file.path().c_str(), 60000), 0);
    }
    world().barrier();
    std::string const message = message_of([&] { File(world(), file.path(), File::Mode::read).read_all("/values"); });
    EXPECT_NE(message.find("truncated"), std::string::npos) << message;
}

TEST(File, MessagesForBadDatasets) {
    Temporary const file("datasets.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        out.write_vector("/k_star_MeV", {1.0, 2.0}, {"MeV", "momenta", {"k_star"}});
        out.create_group("/group");
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_NE(message_of([&] { in.read_all("/correlation"); }).find(":/correlation: is missing"), std::string::npos);
    EXPECT_NE(message_of([&] { in.read_all("/none/at/all"); }).find("is missing"), std::string::npos);
    EXPECT_NE(message_of([&] { in.read_all("/group"); }).find("is not a dataset"), std::string::npos);
    EXPECT_NE(message_of([&] { in.read_rows("/k_star_MeV", {1, 3}); }).find("has shape 2"), std::string::npos);
}

TEST(Provenance, ReadsBackAndChecksKindAndVersion) {
    Temporary const file("provenance.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        write_provenance(out, {"dataset", 1, "pair: {name: p-Omega}\n", 7});
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    auto const provenance = read_provenance(in, "dataset", 1);
    EXPECT_EQ(provenance.config, "pair: {name: p-Omega}\n");
    EXPECT_EQ(provenance.seed, 7);
    EXPECT_NE(message_of([&] { read_provenance(in, "model", 1); }).find("is a dataset file; a model file is needed"),
              std::string::npos);
    EXPECT_NE(message_of([&] { read_provenance(in, "dataset", 0); }).find("newer hadronforce"), std::string::npos);
    EXPECT_FALSE(program_version().empty());
}

TEST(Provenance, AForeignFileIsNotOurs) {
    Temporary const file("foreign.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        out.write_vector("/x", {1.0}, {"1", "", {"i"}});
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_NE(message_of([&] { read_provenance(in, "", 1); }).find("was not written by hadronforce"),
              std::string::npos);
}

TEST(Publish, ReplacesTheTarget) {
    Temporary const from("from.txt"), to("to.txt");
    if (world().is_root()) std::ofstream(from.path()) << "new", std::ofstream(to.path()) << "old";
    world().barrier();
    publish(world(), from.path(), to.path());
    std::string content;
    std::ifstream(to.path()) >> content;
    EXPECT_EQ(content, "new");
    EXPECT_THROW(publish(world(), from.path(), to.path()), std::runtime_error);
}

}  // namespace
}  // namespace hadronforce
