#include "hadronforce/storage/run_identity.hpp"

#include "hadronforce/storage/digest.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace hadronforce {
namespace {

/// The difference between a run that wrote a file and another.
std::string difference_of(RunIdentity const& then, RunIdentity const& now) {
    TemporaryFile const temporary("identity.h5");
    File file(world(), temporary.path(), File::Mode::create);
    write_provenance(file, {"test", 1, then.config, 0});
    write_identity(file, then);
    auto const what = difference(file, now);
    file.close();
    return what;
}

RunIdentity const begun{"pair: {mass_MeV: 938}\nmomentum:\n  points: 60\n  tolerance: 1e-06\noutput: {file: a.h5}\n",
                        {"momentum.tolerance"},
                        {{"data.file", "data.csv", "abc"}},
                        {"output"}};

TEST(RunIdentity, SpellingOrderAndOutputsDoNotCount) {
    auto now = begun;
    now.config = "output:\n  file: ./b.h5\nmomentum: {tolerance: 0.000001, points: 6e1}\npair:\n  mass_MeV: 938.0\n";
    EXPECT_EQ(difference_of(begun, now), "");
}

TEST(RunIdentity, ADefaultMayBeWrittenOutOnEitherSide) {
    auto with = begun;
    with.config += "lambda: 1\nlist: []\n";
    with.defaults = {"lambda", "list", "momentum.tolerance"};
    EXPECT_EQ(difference_of(begun, with), "");
    EXPECT_EQ(difference_of(with, begun), "");
    with.defaults = {"list", "momentum.tolerance"};
    EXPECT_EQ(difference_of(begun, with), "lambda was not given and is 1");
    EXPECT_EQ(difference_of(with, begun), "lambda was 1 and is not given");
}

// What was written with a default must not be continued by a program in which the default is another.
TEST(RunIdentity, AChangedDefaultCounts) {
    auto now = begun;
    now.config.replace(now.config.find("1e-06"), 5, "1e-07");
    EXPECT_EQ(difference_of(begun, now), "momentum.tolerance was 1e-06 and is 1e-07");
}

TEST(RunIdentity, ListsCountByOrderAndLength) {
    RunIdentity const two{"c: [{w: 1}, {w: 1}]\nl: [1, 2.0]\n", {"c[1].w"}, {}, {}};
    RunIdentity const one{"c: [{w: 1}]\nl: [1.0, 2]\n", {}, {}, {}};
    EXPECT_EQ(difference_of(two, one), "c entries was 2 and is 1");
    RunIdentity const swapped{"c: [{w: 1}]\nl: [2, 1]\n", {}, {}, {}};
    EXPECT_EQ(difference_of(one, swapped), "l was [1, 2] and is [2, 1]");
}

TEST(RunIdentity, InputsCountByContent) {
    auto now = begun;
    now.inputs[0].path = "elsewhere/data.csv";
    EXPECT_EQ(difference_of(begun, now), "");
    now.inputs[0].digest = "abd";
    EXPECT_EQ(difference_of(begun, now), "elsewhere/data.csv has changed since");
    now.inputs[0].digest = "";
    EXPECT_EQ(difference_of(begun, now), "whether elsewhere/data.csv is what it was cannot be known");
}

TEST(RunIdentity, AFileWithoutDigestsIsComparedByItsConfig) {
    TemporaryFile const temporary("old.h5");
    File file(world(), temporary.path(), File::Mode::create);
    write_provenance(file, {"test", 1, begun.config, 0});
    EXPECT_EQ(difference(file, begun), "");
    auto other = begun;
    other.config.replace(other.config.find("938"), 3, "939");
    EXPECT_EQ(difference(file, other), "pair.mass_MeV was 938 and is 939");
    file.close();
}

// FIPS 180-4's example "abc", and what sha256sum prints for nothing.
TEST(Digest, IsSha256) {
    TemporaryFile const file("digest.txt");
    auto const digest_with = [&](std::string const& text) {
        if (world().is_root()) std::ofstream(file.path(), std::ios::trunc) << text;
        world().barrier();
        auto const digest = digest_of_file(file.path());
        world().barrier();
        return digest;
    };
    EXPECT_EQ(digest_with("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest_with(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(digest_of_file("/dev/null"), "");
}

}  // namespace
}  // namespace hadronforce
