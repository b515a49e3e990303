#include "hadronforce/config/section.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

char const* const text =
    "pair: {name: p-Omega, mass1_MeV: 938.27}\n"
    "momentum:\n"
    "  k_min_MeV: 5\n"
    "  points: 60\n"
    "ranges_fm: [0.1, 0.2]\n";

TEST(Config, ReadsEveryType) {
    auto const config = Config::from_text(text, "a.yaml");
    auto const root = config.root();
    EXPECT_EQ(root.section("pair").required<std::string>("name"), "p-Omega");
    EXPECT_EQ(root.section("pair").required<double>("mass1_MeV", positive()), 938.27);
    EXPECT_EQ(root.section("momentum").required<std::int64_t>("points", at_least(1)), 60);
    EXPECT_EQ(root.section("momentum").required<double>("k_min_MeV"), 5.0);
    EXPECT_EQ(root.required<std::vector<double>>("ranges_fm", each(positive())), (std::vector<double>{0.1, 0.2}));
    EXPECT_TRUE(root.optional<bool>("overwrite", true));
    EXPECT_NO_THROW(config.reject_unread_keys());
}

TEST(Config, MillionMayBeWritten1e6) {
    auto const config = Config::from_text("samples: 1e6\nhalf: 0.5\n", "a.yaml");
    EXPECT_EQ(config.root().required<std::int64_t>("samples"), 1000000);
    EXPECT_NE(message_of([&] {
                  config.root().required<std::int64_t>("half");
              }).find("a.yaml:2: half is '0.5'; it must be a whole number"),
              std::string::npos);
}

TEST(Config, UnreadKeyIsAnErrorWithLineAndNearestKey) {
    auto const config = Config::from_text("solver:\n  tolerence: 1e-6\n", "b.yaml");
    config.root().section("solver").optional<double>("tolerance", 1e-6);
    config.root().section("solver").optional<double>("r_max_fm", 20.0);
    EXPECT_EQ(message_of([&] { config.reject_unread_keys(); }),
              "b.yaml:2: solver.tolerence is not a known key; did you mean tolerance?");
}

TEST(Config, UnreadSectionIsAnError) {
    auto const config = Config::from_text("solver: {a: 1}\nsolvers: {b: 2}\n", "b.yaml");
    config.root().section("solver").required<double>("a");
    EXPECT_EQ(message_of([&] { config.reject_unread_keys(); }),
              "b.yaml:2: solvers is not a known key; did you mean solver?");
}

TEST(Config, KeysOfASectionThatWasOpenedAndNotReadAreErrors) {
    auto const config = Config::from_text("solver: {a: 1}\n", "b.yaml");
    config.root().section("solver");
    EXPECT_EQ(message_of([&] { config.reject_unread_keys(); }),
              "b.yaml:1: solver.a is not a known key in solver; remove it");
}

TEST(Config, AbsentSectionHasNoLine) {
    auto const config = Config::from_text("a: 1\n", "b.yaml");
    EXPECT_EQ(message_of([&] { config.root().optional_section("solver").required<double>("r_max_fm"); }),
              "b.yaml: solver.r_max_fm is missing; it must be a number");
    EXPECT_EQ(message_of([] { Config::from_text("", "c.yaml").root().required<double>("a"); }),
              "c.yaml: a is missing; it must be a number");
}

TEST(Config, MessagesNameFileLineAndWhatToWrite) {
    auto const config = Config::from_text(text, "a.yaml");
    auto const root = config.root();
    EXPECT_EQ(message_of([&] { root.section("pair").required<double>("name"); }),
              "a.yaml:1: pair.name is 'p-Omega'; it must be a number");
    EXPECT_EQ(message_of([&] { root.section("pair").required<double>("mass2_MeV"); }),
              "a.yaml:1: pair.mass2_MeV is missing; it must be a number");
    EXPECT_EQ(message_of([&] { root.section("momentum").required<double>("k_min_MeV", between(6, 7)); }),
              "a.yaml:3: momentum.k_min_MeV is '5'; it must lie between 6 and 7");
    EXPECT_EQ(message_of([&] { root.section("ranges_fm"); }),
              "a.yaml:5: ranges_fm is ['0.1', '0.2']; it must be a mapping of keys");
    EXPECT_EQ(message_of([&] {
                  root.section("pair").required<std::string>("name", one_of({"pp", "pL"}));
              }),
              "a.yaml:1: pair.name is 'p-Omega'; it must be one of pp, pL");
}

TEST(Config, NumbersMustBeFinite) {
    auto const config = Config::from_text("a: .nan\nb: .inf\nc: [1, -.inf]\nd: [1, two]\n", "c.yaml");
    EXPECT_EQ(message_of([&] { config.root().required<double>("a"); }), "c.yaml:1: a is '.nan'; it must be finite");
    EXPECT_EQ(message_of([&] { config.root().required<double>("b"); }), "c.yaml:2: b is '.inf'; it must be finite");
    EXPECT_EQ(message_of([&] { config.root().required<std::vector<double>>("c"); }),
              "c.yaml:3: c is '-.inf'; it must be finite");
    EXPECT_EQ(message_of([&] { config.root().required<std::vector<double>>("d"); }),
              "c.yaml:4: d is ['1', 'two']; it must be a list of numbers");
}

// What is far beyond hadrons would overflow where it is squared or exponentiated, or take all memory.
TEST(Config, MagnitudesAreBoundedByTheirUnits) {
    auto const config = Config::from_text(
        "r0_fm: 1e18\nb1_MeV: {uniform: [-1e300, 5]}\nb3_MeV_fm2: 1e18\nlist_MeV: [1, {start: 1e13}]\n"
        "x: 1e-300\ny: -1e31\nz: 0\nmu_per_fm: 1e6\n",
        "c.yaml");
    auto const root = config.root();
    EXPECT_EQ(message_of([&] { root.required<double>("r0_fm"); }),
              "c.yaml:1: r0_fm is '1e18'; it must be at most 100000 in magnitude");
    EXPECT_EQ(message_of([&] { root.section("b1_MeV").required<std::vector<double>>("uniform"); }),
              "c.yaml:2: b1_MeV.uniform is ['-1e300', '5']; it has the entry -1e+300, which must be at most 1e+12 in "
              "magnitude");
    EXPECT_EQ(root.required<double>("b3_MeV_fm2"), 1e18);
    EXPECT_EQ(message_of([&] { root.entries("list_MeV").section("[1]").required<double>("start"); }),
              "c.yaml:4: list_MeV[1].start is '1e13'; it must be at most 1e+12 in magnitude");
    EXPECT_EQ(message_of([&] { root.required<double>("x"); }),
              "c.yaml:5: x is '1e-300'; it must be zero, or at least 1e-30 in magnitude");
    EXPECT_EQ(message_of([&] { root.required<double>("y"); }),
              "c.yaml:6: y is '-1e31'; it must be at most 1e+30 in magnitude");
    EXPECT_EQ(root.required<double>("z"), 0.0);
    EXPECT_EQ(root.required<double>("mu_per_fm"), 1e6);
}

TEST(Config, OverridesReplaceAndAdd) {
    auto const config =
        Config::from_text(text, "a.yaml", {"momentum.points=7", "dataset.file=out/x.h5", "ranges_fm=[1, 2, 3]"});
    EXPECT_EQ(config.root().section("momentum").required<std::int64_t>("points"), 7);
    EXPECT_EQ(config.root().section("dataset").required<std::string>("file"), "out/x.h5");
    EXPECT_EQ(config.root().required<std::vector<double>>("ranges_fm").size(), 3u);
    EXPECT_NE(message_of([] { Config::from_text(text, "a.yaml", {"points"}); }).find("key.path=value"),
              std::string::npos);
    EXPECT_NE(message_of([] { Config::from_text(text, "a.yaml", {"momentum..points=3"}); }).find("a key is empty"),
              std::string::npos);
    EXPECT_NE(message_of([] { Config::from_text(text, "a.yaml", {"pair.name.x=3"}); }).find("name is not a mapping"),
              std::string::npos);
    auto const unknown = Config::from_text(text, "a.yaml", {"momentum.pionts=7"});
    unknown.root().section("pair").required<std::string>("name");
    unknown.root().section("pair").required<double>("mass1_MeV");
    unknown.root().section("momentum").required<double>("k_min_MeV");
    unknown.root().section("momentum").required<std::int64_t>("points");
    unknown.root().required<std::vector<double>>("ranges_fm");
    EXPECT_EQ(message_of([&] { unknown.reject_unread_keys(); }),
              "--set momentum.pionts: momentum.pionts is not a known key; did you mean points?");
    EXPECT_EQ(message_of([] { Config::from_text("", "a.yaml", {"Momentum.points=7"}).reject_unread_keys(); }),
              "--set Momentum.points: Momentum is not a known key; remove it");
    auto const wrong = Config::from_text(text, "a.yaml", {"momentum.points=many"});
    EXPECT_NE(message_of([&] { wrong.root().section("momentum").required<std::int64_t>("points"); }).find("--set"),
              std::string::npos);
}

TEST(Config, KnowsTheFilesThatItNames) {
    auto const config = Config::from_text(
        "data: {file: a.csv}\noutput:\n  table: /dev/stdout\n  file: ''\n  model: b.h5\n  empty: ''\n", "a.yaml");
    auto const root = config.root(), output = root.section("output");
    EXPECT_EQ(root.section("data").input("file"), "a.csv");
    root.reads("b.csv");
    EXPECT_EQ(output.optional_output("table", OutputKind::text), "/dev/stdout");
    EXPECT_EQ(output.optional_output("file", OutputKind::hdf5), "");
    EXPECT_EQ(output.optional_output("absent", OutputKind::hdf5), "");
    EXPECT_EQ(output.output("model", OutputKind::hdf5), "b.h5");
    EXPECT_NE(message_of([&] { output.output("empty", OutputKind::hdf5); }).find("name of a file"), std::string::npos);
    EXPECT_NE(message_of([&] { output.input("empty"); }).find("name of a file"), std::string::npos);

    EXPECT_EQ(config.files().inputs, (std::vector<std::string>{"a.csv", "b.csv"}));
    auto const& outputs = config.files().outputs;
    ASSERT_EQ(outputs.size(), 2U);
    EXPECT_EQ(outputs[0].path, "/dev/stdout");
    EXPECT_EQ(outputs[0].kind, OutputKind::text);
    EXPECT_EQ(outputs[0].key, "a.yaml:3: output.table");
    EXPECT_EQ(outputs[1].path, "b.h5");
    EXPECT_EQ(outputs[1].kind, OutputKind::hdf5);
}

TEST(Config, ListsOfMappingsAreSectionsWithPlaces) {
    std::string const lists =
        "channels:\n  - weight: 0.5\n    waves: [{l: 0}, {l: 2,\n      lll: 3}]\n  - {weight: 0.5}\n";
    auto const read = [](Config const& config) {
        std::vector<double> numbers;
        for (auto const& channel : config.root().list("channels")) {
            numbers.push_back(channel.required<double>("weight"));
            for (auto const& wave : channel.list("waves")) numbers.push_back(wave.required<double>("l"));
        }
        return numbers;
    };
    auto const config = Config::from_text(lists, "a.yaml");
    EXPECT_EQ(read(config), (std::vector<double>{0.5, 0.0, 2.0, 0.5}));
    EXPECT_EQ(message_of([&] { config.reject_unread_keys(); }),
              "a.yaml:4: channels[0].waves[1].lll is not a known key; did you mean l?");
    EXPECT_EQ(message_of([&] { config.root().list("channels")[1].required<double>("waves"); }),
              "a.yaml:5: channels[1].waves is missing; it must be a number");
    auto const again = Config::from_text(config.resolved(), "again.yaml");
    EXPECT_EQ(read(again), read(config));
    EXPECT_NO_THROW(again.reject_unread_keys());

    auto const changed = Config::from_text(lists, "a.yaml", {"channels[0].waves[1].l=4", "channels[1].weight=0.7"});
    EXPECT_EQ(read(changed), (std::vector<double>{0.5, 0.0, 4.0, 0.7}));
    EXPECT_EQ(message_of([&] { changed.root().list("channels")[1].fail("weight", "is wrong"); }),
              "--set channels[1].weight: channels[1].weight is wrong");
    EXPECT_EQ(message_of([&] { Config::from_text(lists, "a.yaml", {"channels[2].weight=1"}); }),
              "--set channels[2].weight=1: channels has no entry 2");
    EXPECT_EQ(message_of([&] { Config::from_text("channels: 3\n", "a.yaml").root().list("channels"); }),
              "a.yaml:1: channels is '3'; it must be a list of mappings");
    EXPECT_EQ(message_of([&] { Config::from_text("channels:\n  - a: 1\n  - 3\n", "a.yaml").root().list("channels"); }),
              "a.yaml:3: channels[1] is '3'; it must be a mapping of keys");
}

TEST(Config, BadYamlNamesTheLine) {
    EXPECT_NE(message_of([] { Config::from_text("a: 1\nb: [1, 2\n", "d.yaml"); }).find("d.yaml:"), std::string::npos);
    EXPECT_EQ(message_of([] { Config::from_text("a: 1\nb: 2\na: 3\n", "d.yaml"); }),
              "d.yaml:3: a is given twice; keep one");
    EXPECT_EQ(message_of([] { Config::from_text("list:\n  - a: 1\n    a: 2\n", "d.yaml"); }),
              "d.yaml:3: a is given twice; keep one");
    EXPECT_NE(message_of([] { Config::from_text("- 1\n- 2\n", "d.yaml"); }).find("mapping"), std::string::npos);
    EXPECT_NE(message_of([] { read_text("no/such/file.yaml"); }).find("no/such/file.yaml: cannot be read"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
