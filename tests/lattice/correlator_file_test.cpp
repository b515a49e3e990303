#include "hadronforce/lattice/correlator_file.hpp"

#include "hadronforce/error.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace hadronforce {
namespace {

constexpr int L = 4;
constexpr std::int64_t samples = 4;
constexpr Eigen::Index points = 10, slices = 3;

Ensemble small_ensemble() {
    Ensemble ensemble;
    ensemble.spatial_extent = L;
    ensemble.temporal_extent = 16;
    ensemble.inverse_a_MeV = 2194.0;
    ensemble.channel = "Xi-Xi 1S0";
    ensemble.source = "wall";
    ensemble.baryons = {LatticeBaryon{"Xi", 0.75, 0.01}, LatticeBaryon{"Lambda", 0.25, 0.0}};
    ensemble.resampling = {Resampling::Kind::jackknife, 2, 0, 0};
    ensemble.configurations = 2 * samples;
    return ensemble;
}

RowMatrixXd numbered(std::int64_t rows, std::int64_t columns, std::int64_t first) {
    RowMatrixXd values(rows, columns);
    for (Eigen::Index i = 0; i < values.size(); ++i) values.data()[i] = static_cast<double>(first * columns + i + 1);
    return values;
}

void write_small(std::string const& path, std::function<void(Correlator&)> const& change = {}) {
    Correlator correlator;
    correlator.ensemble = small_ensemble();
    correlator.times = {5, 6, 8};
    correlator.samples = share_of(samples, world().rank(), world().size());
    correlator.R = numbered(correlator.samples.size(), slices * points, correlator.samples.begin);
    correlator.ensemble_R = numbered(slices, points, 0);
    if (change) change(correlator);
    write_correlator(world(), path, correlator, "lattice: {L: 4}\n");
}

/// The message for a file of which `spoil` changes something.
std::string refusal(std::function<void(File&)> const& spoil) {
    TemporaryFile const file("spoilt.h5");
    write_small(file.path());
    {
        File spoilt(world(), file.path(), File::Mode::read_write);
        spoil(spoilt);
        spoilt.close();
    }
    auto const message = message_of([&] {
        CorrelatorFile const in(world(), file.path());
        in.R({0, in.samples()});
        in.ensemble_R();
    });
    EXPECT_NE(message.find(file.path() + ":/"), std::string::npos) << message;
    return message;
}

/// One number of a dataset replaced.
std::function<void(File&)> with(std::string const& name, std::int64_t row, Eigen::Index column, double value) {
    return [=](File& file) {
        auto values = file.read_all(name);
        values(row, column) = value;
        bool const writes = world().is_root();
        file.write_rows(name, writes ? IndexRange{0, values.rows()} : IndexRange{},
                        values.topRows(writes ? values.rows() : 0));
    };
}

template <class T>
std::function<void(File&)> with_attribute(std::string const& name, T const& value) {
    return [=](File& file) { file.set_attribute("/", name, value); };
}

TEST(CorrelatorFile, ReadsBackWhatWasWritten) {
    TemporaryFile const file("correlator.h5");
    write_small(file.path());
    CorrelatorFile const in(world(), file.path());
    auto const& ensemble = in.ensemble();
    EXPECT_EQ(ensemble.spatial_extent, L);
    EXPECT_EQ(ensemble.temporal_extent, 16);
    EXPECT_EQ(ensemble.inverse_a_MeV, 2194.0);
    EXPECT_EQ(ensemble.channel, "Xi-Xi 1S0");
    EXPECT_EQ(ensemble.source, "wall");
    EXPECT_EQ(ensemble.baryons[0].name, "Xi");
    EXPECT_EQ(ensemble.baryons[0].mass_error_a, 0.01);
    EXPECT_EQ(ensemble.baryons[1].mass_a, 0.25);
    EXPECT_EQ(ensemble.configurations, 8);
    EXPECT_EQ(ensemble.resampling.bin_size, 2);
    EXPECT_DOUBLE_EQ(ensemble.reduced_mass_a(), 0.1875);
    EXPECT_DOUBLE_EQ(ensemble.mass_asymmetry(), 0.5);
    EXPECT_EQ(in.samples(), samples);
    EXPECT_EQ(in.times(), (std::vector<std::int64_t>{5, 6, 8}));
    EXPECT_EQ(in.provenance().config, "lattice: {L: 4}\n");
    // Each rank its own rows, here overlapping ones.
    IndexRange const own{world().rank() % 2, 3};
    EXPECT_EQ(in.R(own), numbered(own.size(), slices * points, own.begin));
    EXPECT_EQ(in.ensemble_R(), numbered(slices, points, 0));
    EXPECT_EQ(File(world(), file.path(), File::Mode::read).shape("/R"),
              (std::vector<std::int64_t>{samples, slices, points}));
}

// Points 1 and 4 of the file swapped, with all that belongs to them.
TEST(CorrelatorFile, PointsMayComeInAnyOrder) {
    TemporaryFile const file("order.h5");
    write_small(file.path());
    {
        File out(world(), file.path(), File::Mode::read_write);
        for (std::string const name : {"/points", "/r", "/multiplicity"}) {
            auto values = out.read_all(name);
            values.row(1).swap(values.row(4));
            out.write_rows(name, {0, world().is_root() ? values.rows() : 0},
                           values.topRows(world().is_root() ? values.rows() : 0));
        }
        out.close();
    }
    CorrelatorFile const in(world(), file.path());
    RowMatrixXd expected = numbered(samples, slices * points, 0);
    for (Eigen::Index slice = 0; slice < slices; ++slice)
        expected.col(slice * points + 1).swap(expected.col(slice * points + 4));
    EXPECT_EQ(in.R({0, samples}), expected);
}

TEST(CorrelatorFile, RefusesWhatCannotBeRight) {
    double const nan = std::nan("");
    struct Case {
        std::function<void(File&)> spoil;
        char const* part;
    };
    Case const cases[] = {
        {with("/points", 3, 0, 3.0), ":/points: row 3, (3, 1, 0), does not represent an orbit"},
        {with("/points", 3, 1, 2.0), ":/points: row 3, (1, 2, 0), does not represent an orbit"},
        {with("/points", 3, 2, -1.0), "(1, 1, -1), does not represent"},
        {with("/points", 3, 0, 1.5), ":/points: holds 1.5 where whole numbers"},
        {with("/points", 3, 0, nan), ":/points: holds nan"},
        {with("/points", 3, 0, 2.0), ":/points: row 4, (2, 1, 0), occurs twice"},
        {with("/multiplicity", 2, 0, 4.0), ":/multiplicity: adds to 65 and not to L^3 = 64"},
        {with("/multiplicity", 2, 0, nan), ":/multiplicity: adds to nan"},
        {[](File& file) { with("/multiplicity", 0, 0, 2.0)(file), with("/multiplicity", 1, 0, 5.0)(file); },
         ":/multiplicity: row 0 is 2, the orbit has 1 sites"},
        {with("/r", 2, 0, 2.1), ":/r: row 2 is 2.1, |r| of its site is 2"},
        {with("/t", 1, 0, 5.0), ":/t: entry 1 is 5; times must ascend"},
        {with("/t", 2, 0, 16.0), ":/t: entry 2 is 16; times must ascend within 0 ... T - 1 = 15"},
        {with("/t", 2, 0, nan), ":/t: holds nan"},
        {with("/R", 2, 13, nan), ":/R: sample 2, slice 1, point 3 is nan"},
        {with("/R", 2, 13, INFINITY), ":/R: sample 2, slice 1, point 3 is inf"},
        {with("/R", 0, 9, 0.0), ":/R: sample 0, slice 0, point 9 is 0"},
        {with("/ensemble_R", 1, 2, 0.0), ":/ensemble_R: slice 1, point 2 is 0"},
        {with_attribute("L", std::int64_t{2}), "is this another lattice?"},
        {with_attribute("L", std::int64_t{6}), ":/multiplicity: adds to 64 and not to L^3 = 216"},
        {with_attribute("L", std::int64_t{0}), ":/@L: is 0"},
        {with_attribute("L", std::int64_t{5000}), ":/@L: a lattice of L = 5000"},
        {with_attribute("T", std::int64_t{7}), ":/t: entry 2 is 8"},
        {with_attribute("inverse_a_MeV", 0.0), ":/@inverse_a_MeV: is 0"},
        {with_attribute("mass1_a", nan), ":/@mass1_a: is nan"},
        {with_attribute("mass2_error_a", -0.1), ":/@mass2_error_a: is -0.1"},
        {with_attribute("bin_size", std::int64_t{3}), ":/@bin_size: is 3, which leaves bins of different length"},
        {with_attribute("bin_size", std::int64_t{1}), ":/R: has shape 4 x 3 x 10; 8 x 3 x 10 is needed"},
        {with_attribute("configurations", std::int64_t{10}), ":/R: has shape 4 x 3 x 10; 5 x 3 x 10 is needed"},
        {with_attribute("resampling", std::string("guess")), ":/@resampling: is 'guess'"},
        {with_attribute("channel", 1.0), "/@channel"},
    };
    for (auto const& one : cases) {
        auto const message = refusal(one.spoil);
        EXPECT_NE(message.find(one.part), std::string::npos) << message << "\nlacks " << one.part;
        EXPECT_EQ(message.find('\n'), std::string::npos);
    }
}

TEST(CorrelatorFile, RefusesFilesOfAnotherKind) {
    TemporaryFile const file("kind.h5");
    {
        File out(world(), file.path(), File::Mode::create);
        write_provenance(out, {"dataset", 1, "", 0});
        out.close();
    }
    EXPECT_NE(message_of([&] { CorrelatorFile in(world(), file.path()); }).find("a correlator file is needed"),
              std::string::npos);
    {
        File out(world(), file.path(), File::Mode::create);
        write_provenance(out, {"correlator", 2, "", 0});
        out.close();
    }
    EXPECT_NE(message_of([&] { CorrelatorFile in(world(), file.path()); }), "");
}

TEST(CorrelatorFile, NamesMissingNeighboursInTime) {
    TemporaryFile const file("times.h5");
    write_small(file.path());
    CorrelatorFile const in(world(), file.path());
    EXPECT_EQ(in.time_index(8), 2);
    EXPECT_NE(message_of([&] { in.time_index(7); }).find(":/t: lacks t = 7; it has 5, 6, 8"), std::string::npos);
    EXPECT_NE(message_of([&] { in.time_index(6, 1); }).find("lacks t = 7, which derivatives at t = 6 need"),
              std::string::npos);
    EXPECT_NE(message_of([&] { in.time_index(5, 2); }).find("lacks t = 3"), std::string::npos);
}

TEST(CorrelatorFile, FilesOfDifferentLatticesAreNotMixed) {
    TemporaryFile const file("first.h5"), other("second.h5");
    write_small(file.path());
    CorrelatorFile const first(world(), file.path());
    auto const message = [&](std::function<void(Ensemble&)> const& change) {
        write_small(other.path(), [&](Correlator& correlator) { change(correlator.ensemble); });
        CorrelatorFile const second(world(), other.path());
        return message_of([&] { require_same_lattice(first, second); });
    };
    EXPECT_EQ(message([](Ensemble&) {}), "");
    EXPECT_NE(message([](Ensemble& e) { e.temporal_extent = 32; }).find("T is 32, but 16 in"), std::string::npos);
    EXPECT_NE(message([](Ensemble& e) { e.inverse_a_MeV = 2000.0; }).find("inverse_a_MeV is 2000"), std::string::npos);
    EXPECT_NE(message([](Ensemble& e) { e.baryons[0].mass_a = 0.5; }).find("mass"), std::string::npos);
    EXPECT_NE(message([](Ensemble& e) { e.configurations = 4, e.resampling.bin_size = 1; }).find("configurations is 4"),
              std::string::npos);
    EXPECT_NE(message([](Ensemble& e) {
                  e.resampling = {Resampling::Kind::bootstrap, 2, samples, 1};
              }).find("resampling is bootstrap"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
