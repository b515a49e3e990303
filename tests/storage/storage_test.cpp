#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace hadronforce {
namespace {

RowMatrixXd numbered(std::int64_t rows, std::int64_t columns, std::int64_t first) {
    RowMatrixXd values(rows, columns);
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j) values(i, j) = static_cast<double>((first + i) * columns + j);
    return values;
}

TEST(File, RowsWrittenBySharesReadBackWhole) {
    TemporaryFile const file("rows.h5");
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

TEST(File, RowsOfThreeDimensionsHoldTheLastIndexFastest) {
    TemporaryFile const file("cube.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        out.create_dataset("/cube", {5, 2, 3}, Precision::float64, {"1", "numbers", {"i", "j", "k"}});
        auto const share = share_of(5, world().rank(), world().size());
        out.write_rows("/cube", share, numbered(share.size(), 6, share.begin));
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_EQ(in.shape("/cube"), (std::vector<std::int64_t>{5, 2, 3}));
    EXPECT_EQ(in.read_all("/cube"), numbered(5, 6, 0));
    EXPECT_EQ(in.read_rows("/cube", {1, 3}), numbered(2, 6, 1));
}

TEST(File, SinglePrecisionRoundsToFloat) {
    TemporaryFile const file("float.h5");
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
    TemporaryFile const file("attributes.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        out.set_attribute("/", "text",
                          "k\xC2\xB7"
                          "cot");
        out.set_attribute("/", "empty", "");
        out.set_attribute("/", "number", 0.1);
        out.set_attribute("/", "count", std::int64_t{1} << 40);
        out.set_attribute("/", "long", std::string(200000, 'x'));
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
    EXPECT_EQ(in.string_attribute("/", "long"), std::string(200000, 'x'));
    EXPECT_EQ(in.double_attribute("/", "number"), 0.2);
    EXPECT_EQ(in.integer_attribute("/", "count"), std::int64_t{1} << 40);
    EXPECT_EQ(in.strings_attribute("/", "names"), (std::vector<std::string>{"b1", "b3"}));
    EXPECT_EQ(in.doubles_attribute("/", "values"), (std::vector<double>{1.0, 2.5}));
    EXPECT_NE(message_of([&] { in.double_attribute("/", "text"); }).find("/@text"), std::string::npos);
    EXPECT_NE(message_of([&] { in.string_attribute("/", "missing"); }).find("/@missing"), std::string::npos);
}

// Asked of HDF5 itself, not hoped for; floats too, which HDF5 would move rank by rank if it had to convert them. The
// last rank brings nothing.
TEST(File, TransfersAreCollective) {
    for (Precision const precision : {Precision::float64, Precision::float32}) {
        TemporaryFile const file("collective.h5");
        File out(world(), file.path(), File::Mode::create);
        out.create_dataset("/values", {6, 2}, precision, {"1", "", {"i", "j"}});
        bool const is_last = world().rank() == world().size() - 1 && world().size() > 1;
        auto const share = is_last ? IndexRange{} : share_of(6, world().rank(), std::max(1, world().size() - 1));
        EXPECT_FALSE(out.last_transfer_was_collective());
        out.write_rows("/values", share, numbered(share.size(), 2, share.begin));
        EXPECT_TRUE(out.last_transfer_was_collective());
        out.close();
        File const in(world(), file.path(), File::Mode::read);
        EXPECT_EQ(in.read_rows("/values", share), numbered(share.size(), 2, share.begin));
        EXPECT_TRUE(in.last_transfer_was_collective());
    }
}

TEST(File, ColumnsOfAWiderMatrixAreWrittenAsTheyLook) {
    TemporaryFile const file("columns.h5");
    RowMatrixXd const wide = numbered(4, 5, 0);
    {
        File out(world(), file.path(), File::Mode::create);
        out.write_all("/middle", wide.middleCols(1, 3), Precision::float64, {"1", "", {"i", "j"}});
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_EQ(in.read_all("/middle"), wide.middleCols(1, 3));
}

TEST(File, NoRowsAndNoValuesAreFine) {
    TemporaryFile const file("nothing.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        out.write_all("/none", RowMatrixXd(0, 3), Precision::float64, {"1", "", {"i", "j"}});
        out.write_vector("/nothing", {}, {"1", "", {"i"}});
        out.close();
    }
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_EQ(in.shape("/none"), (std::vector<std::int64_t>{0, 3}));
    EXPECT_EQ(in.read_all("/none").cols(), 3);
    EXPECT_EQ(in.read_all("/nothing").rows(), 0);
}

TEST(File, MessagesForBadFiles) {
    EXPECT_NE(message_of([] { File(world(), "no/such.h5", File::Mode::read); }).find("no/such.h5: cannot be opened"),
              std::string::npos);
    EXPECT_NE(message_of([] { File(world(), "no/such.h5", File::Mode::create); }).find("make its directory"),
              std::string::npos);
    TemporaryFile const text("text.h5");
    if (world().is_root()) std::ofstream(text.path()) << "k_star_MeV,C\n5,1\n";
    world().barrier();
    EXPECT_NE(message_of([&] { File(world(), text.path(), File::Mode::read); }).find("is not an HDF5 file"),
              std::string::npos);
    TemporaryFile const empty("empty.h5");
    if (world().is_root()) std::ofstream(empty.path()).flush();
    world().barrier();
    EXPECT_NE(message_of([&] { File(world(), empty.path(), File::Mode::read); }).find("is empty"), std::string::npos);
}

TEST(File, TruncatedFileIsNamed) {
    TemporaryFile const file("truncated.h5");
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

// HDF5 1.10 reads for ever where an object of a global heap has no size: the next one would lie at the same place.
TEST(File, TextsWhoseHeapLeadsNowhereAreNamed) {
    TemporaryFile const file("heap.h5");
    // Heaps before, across and behind the end of a piece of 256 KiB in which files are looked through.
    for (std::size_t numbers : {1, 32000, 32250, 32500, 32750, 33000, 70000}) {
        {
            File out(world(), file.path(), File::Mode::create);
            out.write_vector("/numbers", std::vector<double>(numbers), {"1", "zeros", {"number"}});
            out.set_attribute("/", "text", std::string("of variable length"));
            out.close();
        }
        EXPECT_EQ(File(world(), file.path(), File::Mode::read).string_attribute("/", "text"), "of variable length");
        agree_on_root(world(), [&] {
            std::fstream bytes(file.path(), std::ios::binary | std::ios::in | std::ios::out);
            std::string const whole((std::istreambuf_iterator<char>(bytes)), {});
            auto const heap = whole.rfind("GCOL");
            ASSERT_NE(heap, std::string::npos);
            bytes.clear();
            bytes.seekp(static_cast<std::streamoff>(heap + 16)).write(std::string(16, '\0').data(), 16);
        });
        EXPECT_NE(message_of([&] { File(world(), file.path(), File::Mode::read); }).find("is damaged"),
                  std::string::npos)
            << numbers;
    }
}

TEST(File, MessagesForBadDatasets) {
    TemporaryFile const file("datasets.h5");
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
    // One rank alone asks for too much: all are told, and by whom.
    IndexRange const rows = world().rank() == world().size() - 1 ? IndexRange{0, 5} : IndexRange{0, 2};
    EXPECT_NE(message_of([&] { in.read_rows("/k_star_MeV", rows); }).find("has shape 2"), std::string::npos);
}

// A file by another hand, made by one rank with HDF5's own calls.
TEST(File, ForeignDatasetsAreNamed) {
    TemporaryFile const file("foreign_types.h5");
    if (world().is_root()) {
        hid_t const foreign = H5Fcreate(file.path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        hsize_t const extent[1] = {2};
        hid_t const one = H5Screate(H5S_SCALAR), row = H5Screate_simple(1, extent, nullptr);
        hid_t const text = H5Tcopy(H5T_C_S1);
        H5Dclose(H5Dcreate2(foreign, "one", H5T_NATIVE_DOUBLE, one, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        H5Dclose(H5Dcreate2(foreign, "text", text, row, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        hid_t const counts = H5Dcreate2(foreign, "counts", H5T_STD_I32BE, row, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        int const values[2] = {3, -4};
        H5Dwrite(counts, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
        H5Dclose(counts), H5Tclose(text), H5Sclose(row), H5Sclose(one), H5Fclose(foreign);
    }
    world().barrier();
    File const in(world(), file.path(), File::Mode::read);
    EXPECT_NE(message_of([&] { in.read_all("/one"); }).find(":/one: is a single number"), std::string::npos);
    EXPECT_NE(message_of([&] { in.read_all("/text"); }).find(":/text: holds string; numbers"), std::string::npos);
    EXPECT_EQ(in.read_all("/counts"), (RowMatrixXd(2, 1) << 3, -4).finished());
}

TEST(Provenance, ReadsBackAndChecksKindAndVersion) {
    TemporaryFile const file("provenance.h5");
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
    TemporaryFile const file("foreign.h5");
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
    TemporaryFile const from("from.txt"), to("to.txt");
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
