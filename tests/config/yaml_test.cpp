#include "hadronforce/config/yaml.hpp"
#include "hadronforce/config/section.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include <sys/stat.h>

namespace hadronforce {
namespace {

std::string refusal(std::string const& text) {
    return message_of([&] { Config::from_text(text, "a.yaml"); });
}

// The core schema of YAML 1.2.2, section 10.3.2: digits are decimal whatever they begin with; 0o and 0x have no sign.
TEST(YamlNumber, IsThatOfYaml12) {
    for (auto const& [text, value] : std::vector<std::pair<std::string, double>>{{"060", 60},
                                                                                 {"0077", 77},
                                                                                 {"08", 8},
                                                                                 {"-010", -10},
                                                                                 {"+5", 5},
                                                                                 {"0o17", 15},
                                                                                 {"0xff", 255},
                                                                                 {".5", 0.5},
                                                                                 {"+.5", 0.5},
                                                                                 {"5.", 5},
                                                                                 {"00.5", 0.5},
                                                                                 {"1e3", 1000},
                                                                                 {"1.5E-03", 0.0015},
                                                                                 {"1e-400", 0.0},
                                                                                 {"-0", 0}})
        EXPECT_EQ(yaml_number(text), value) << text;
    EXPECT_EQ(yaml_number("1e400"), HUGE_VAL);
    EXPECT_EQ(yaml_number("-.inf"), -HUGE_VAL);
    EXPECT_TRUE(std::isnan(*yaml_number(".nan")));
    for (char const* text :
         {"",    "1_000", "1:30", "nan", "NaN", "inf",   "infinity", "0b11", "-0x1", "+0o7", "0o8",   "0x",
          "1d3", "1,5",   "--5",  "+-5", "1e",  "1e5.5", ".",        "e5",   " 5",   "5 ",   "0x1p3", "5%"})
        EXPECT_FALSE(yaml_number(text)) << text;
}

TEST(YamlNumber, WholeNumbersAreExact) {
    EXPECT_EQ(yaml_whole_number("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(yaml_whole_number("09007199254740993"), 9007199254740993);  // no double has it
    EXPECT_EQ(yaml_whole_number("-0012"), -12);
    EXPECT_EQ(yaml_whole_number("0o17"), 15);
    EXPECT_EQ(yaml_whole_number("1e6"), 1000000);
    EXPECT_EQ(yaml_whole_number("060.0"), 60);
    for (char const* text :
         {"9223372036854775808", "0xffffffffffffffff", "1e18", "1.5", ".inf", ".nan", "1_000", "12:30"})
        EXPECT_FALSE(yaml_whole_number(text)) << text;
}

TEST(Yaml, ZeroPaddedNumbersAreDecimalEverywhere) {
    auto const config = Config::from_text("a: 060\nlist: [010, 08]\nx: 0100\nname: 007\n", "a.yaml", {"set=012"});
    EXPECT_EQ(config.root().required<std::int64_t>("a"), 60);
    EXPECT_EQ(config.root().required<std::vector<std::int64_t>>("list"), (std::vector<std::int64_t>{10, 8}));
    EXPECT_EQ(config.root().required<double>("x"), 100.0);
    EXPECT_EQ(config.root().required<std::int64_t>("set"), 12);
    EXPECT_EQ(config.root().required<std::string>("name"), "007");
    // Readers of YAML 1.1 would take 060 for 48.
    EXPECT_EQ(config.resolved(), "a: 60\nlist:\n  - 10\n  - 8\nx: 100\nset: 12\nname: 007\n");
}

TEST(Yaml, WhatOnlyLooksLikeANumberIsNamed) {
    auto const config = Config::from_text("a: 1_000\nb: [1, '2,5']\nc: 1d3\nd: 1e18\ne: !!str 5\nf:\n", "a.yaml");
    auto const whole = [&](char const* key) { return message_of([&] { config.root().required<std::int64_t>(key); }); };
    EXPECT_EQ(whole("a"), "a.yaml:1: a is '1_000'; it must be a whole number; write its digits without _");
    EXPECT_EQ(message_of([&] { config.root().required<std::vector<double>>("b"); }),
              "a.yaml:2: b is ['1', '2,5']; it must be a list of numbers; write a decimal point for the comma");
    EXPECT_EQ(whole("c"), "a.yaml:3: c is '1d3'; it must be a whole number; write e for the exponent's d");
    EXPECT_EQ(whole("d"),
              "a.yaml:4: d is '1e18'; it must be a whole number; it is too large: whole numbers end at "
              "9e15, or 9223372036854775807 in digits");
    EXPECT_EQ(whole("e"), "a.yaml:5: e is '5'; it must be a whole number");
    EXPECT_NE(whole("f").find("f is nothing; it must be a whole number"), std::string::npos);
}

TEST(Yaml, KeysThatWouldBeIgnoredOrTakenForOthersAreRefused) {
    EXPECT_EQ(refusal("a: 1\nsource.r0_fm: 3\n"),
              "a.yaml:2: source.r0_fm is no key, as keys have no dots but in "
              "--set; write source: {r0_fm: ...}");
    EXPECT_EQ(refusal("x:\n  - {a.b.c: 3}\n").find("a.yaml:2: a.b.c is no key"), 0U);
    EXPECT_EQ(refusal("channels[0]: 3\n").find("a.yaml:1: channels[0] is no key"), 0U);
    EXPECT_EQ(refusal("? [a, b]\n: 3\n"), "a.yaml:1: a key must be a word");
    EXPECT_EQ(refusal("'': 3\n"), "a.yaml:1: a key must be a word");
    EXPECT_EQ(refusal("x: &x {a: 1}\ny: {<<: *x}\n"), "a.yaml:2: << merges nothing here; write the keys out");
    EXPECT_EQ(refusal("a: 1\n---\nb: 2\n"), "a.yaml:2: a second YAML document begins; keep one");
    EXPECT_EQ(refusal("a: !python 1\n"), "a.yaml:1: the tag !python means nothing here; remove it");
}

TEST(Yaml, OverridesAreCheckedLikeFiles) {
    auto const set = [](std::vector<std::string> const& overrides) {
        return message_of([&] { Config::from_text("a: {b: 1}\nlist: [1]\n", "a.yaml", overrides); });
    };
    EXPECT_EQ(set({"a.b=1", "a.b=2"}), "--set a.b: is given twice; keep one");
    EXPECT_EQ(set({"a.=1"}), "--set a.=1: a key is empty; write key.path=value");
    EXPECT_EQ(set({"a={b.c: 1}"}).find("--set a: b.c is no key"), 0U);
    EXPECT_EQ(set({"a=&x {b: *x}"}), "--set a: an alias stands inside its own anchor; write its value out");
    EXPECT_EQ(set({"a=1\n---\n2"}), "--set a: a second YAML document begins; keep one");
    EXPECT_EQ(set({"list[1]=2"}), "--set list[1]=2: list has no entry 1");
}

TEST(Yaml, ChangingWhatIsAliasedChangesNothingElse) {
    auto const config = Config::from_text("a: &x {n: 1, m: &y 5}\nb: *x\nc: *y\nd: [*y]\n", "a.yaml", {"b.n=2", "c=6"});
    EXPECT_EQ(config.root().section("a").required<std::int64_t>("n"), 1);
    EXPECT_EQ(config.root().section("b").required<std::int64_t>("n"), 2);
    EXPECT_EQ(config.root().section("b").required<std::int64_t>("m"), 5);
    EXPECT_EQ(config.root().required<std::int64_t>("c"), 6);
    EXPECT_EQ(config.root().required<std::vector<std::int64_t>>("d"), (std::vector<std::int64_t>{5}));
    EXPECT_EQ(message_of([&] { config.root().section("a").required<std::string>("m", one_of({"z"})); }),
              "a.yaml:1: a.m is '5'; it must be one of z");
}

TEST(Yaml, WhatCannotBeWalkedIsRefusedAtOnce) {
    EXPECT_EQ(refusal("a: 1\nx: &x {a: *x}\n"), "a.yaml:2: an alias stands inside its own anchor; write its value out");
    EXPECT_EQ(refusal("x: &x [1, {a: [*x]}]\n"),
              "a.yaml:1: an alias stands inside its own anchor; write its value out");
    std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
    for (int i = 1; i < 30; ++i) {
        std::string const before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 1; j < 10; ++j) bomb += ", " + before;
        bomb += "]\n";
    }
    EXPECT_EQ(refusal(bomb), "a.yaml:7: holds more than 2000000 values, aliases written out");
    for (std::string const level : {"[", "{a: ", "- ", "? "}) {
        std::string deep = level == "[" || level == "{a: " ? "a: " : "";
        for (int i = 0; i < 100000; ++i) deep += level;
        EXPECT_EQ(refusal(deep), "a.yaml:1: is nested more than 64 levels deep") << level;
    }
}

TEST(Yaml, IsUtf8WithAnyLineEndsAndAByteOrderMark) {
    auto const config = Config::from_text(
        "\xef\xbb\xbf"
        "a: 060\r\nb:\r\n  c: \xc3\xbc\r\n",
        "a.yaml");
    EXPECT_EQ(config.root().required<std::int64_t>("a"), 60);
    EXPECT_EQ(config.root().section("b").required<std::string>("c"), "\xc3\xbc");
    using namespace std::string_literals;
    EXPECT_EQ(refusal("\xff\xfe"
                      "a\0:\0 \0"s +
                      "1\0"s),
              "a.yaml:1: is UTF-16 text; save it as UTF-8");
    EXPECT_EQ(refusal("a: 1\n\0b: 2\n"s),
              "a.yaml:2: holds the control character 0x00; save the file as plain UTF-8 text");
    EXPECT_EQ(refusal("a: 1\n# \xfc\n"), "a.yaml:2: is not UTF-8 text; save the file as UTF-8");
    EXPECT_EQ(refusal("a: \xed\xa0\x80\n"),
              "a.yaml:1: is not UTF-8 text; save the file as UTF-8");  // half a surrogate pair
    EXPECT_EQ(refusal("a: 1\rb: 2\r"), "a.yaml:1: ends in a carriage return alone; save the file with line feeds");
    EXPECT_EQ(refusal("a:\n\tb: 1\n"), "a.yaml:2: a tab stands where YAML indents; use spaces");
    EXPECT_EQ(refusal(""), "");
    EXPECT_EQ(refusal("# nothing\n"), "");
}

TEST(ReadText, TakesFilesAndPipesAndNothingElse) {
    auto const folder = std::filesystem::path(testing::TempDir()) / "read_text";
    std::filesystem::create_directories(folder);
    auto const pipe = (folder / "pipe").string(), large = (folder / "large").string(),
               empty = (folder / "empty").string();
    std::filesystem::remove(pipe);
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    std::thread writer([&] { std::ofstream(pipe) << "a: 1\n" << std::flush << std::string(300000, '#'); });
    EXPECT_EQ(read_text(pipe), "a: 1\n" + std::string(300000, '#'));
    writer.join();
    std::ofstream(large).close();
    std::filesystem::resize_file(large, std::uintmax_t{10} << 30U);
    std::ofstream(empty).close();
    auto const problem = [](std::string const& path) { return message_of([&] { read_text(path); }); };
    EXPECT_EQ(problem(large), large + ": is larger than 256 MiB; check the name");
    EXPECT_EQ(problem(empty), empty + ": cannot be read (it is empty); check the name");
    EXPECT_EQ(problem(folder.string()), folder.string() + ": cannot be read (it is a folder); check the name");
    EXPECT_EQ(problem("/dev/zero"), "/dev/zero: cannot be read (it is neither a file nor a pipe); check the name");
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace hadronforce
