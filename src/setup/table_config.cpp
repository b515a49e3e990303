#include "hadronforce/setup/table_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/interaction/spin_isospin_potential.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/setup/plausibility.hpp"
#include "hadronforce/storage/csv_table.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

bool ends_with(std::string const& text, std::string const& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

struct Columns {
    std::vector<double> r, value;
    std::vector<std::string> where;  ///< of each row, for messages
};

/// Where a table is and what its columns hold.
struct Places {
    std::string path, r_name, value_name;
    Dimension value;
    bool unchecked;  ///< units that the names state do not count
};

/// Turns the numbers, in the units that the table states, into those that are needed.
void convert(Columns& columns, Places const& places, std::string const& r_unit, std::string const& value_unit,
             std::string const& where) {
    double const r_size = factor_of_unit(places.r_name, r_unit, Dimension::length, places.unchecked, where);
    double const size = factor_of_unit(places.value_name, value_unit, places.value, places.unchecked, where);
    for (auto& r : columns.r) r *= r_size;
    for (auto& value : columns.value) value *= size;
}

Columns read_csv_columns(Places const& places) {
    CsvTable const table = read_csv(places.path);
    auto const r = table.values.col(table.column(places.r_name)),
               value = table.values.col(table.column(places.value_name));
    Columns columns{{r.begin(), r.end()}, {value.begin(), value.end()}, {}};
    for (Eigen::Index i = 0; i < r.size(); ++i) columns.where.push_back(table.where(i));
    convert(columns, places, unit_in_name(places.r_name), unit_in_name(places.value_name), table.where_names());
    return columns;
}

Columns read_datasets(Communicator const& comm, Places const& places) {
    auto const& path = places.path;
    File const file(comm, path, File::Mode::read);
    auto const read = [&](std::string const& name) {
        auto const shape = file.shape(name);
        agree(comm, [&] {
            if (shape.size() != 1)
                throw InputError(fmt::format("{}:{}: has {} axes; one is needed", path, name, shape.size()));
        });
        RowMatrixXd const values = file.read_all(name);
        return std::vector<double>(values.data(), values.data() + values.size());
    };
    Columns columns{read(places.r_name), read(places.value_name), {}};
    agree(comm, [&] {
        if (columns.r.size() != columns.value.size())
            throw InputError(fmt::format("{}: {} has {} numbers and {} has {}; give one value for each radius", path,
                                         places.r_name, columns.r.size(), places.value_name, columns.value.size()));
    });
    for (std::size_t i = 0; i < columns.r.size(); ++i)
        columns.where.push_back(fmt::format("{}:{}[{}]", path, places.r_name, i));
    auto const r_unit = stated_unit(file, places.r_name), value_unit = stated_unit(file, places.value_name);
    agree(comm, [&] { convert(columns, places, r_unit, value_unit, path); });
    return columns;
}

void check(Columns const& columns, std::string const& path) {
    if (columns.r.size() < 4)
        throw InputError(fmt::format("{}: has {} rows; a cubic spline needs 4 or more", path, columns.r.size()));
    for (std::size_t i = 0; i < columns.r.size(); ++i) {
        if (columns.r[i] < 0.0)
            throw InputError(fmt::format("{}: the radius {} is negative", columns.where[i], columns.r[i]));
        if (i > 0 && columns.r[i] <= columns.r[i - 1])
            throw InputError(
                fmt::format("{}: the radius {} does not exceed the one before, {}; sort the table by radius",
                            columns.where[i], columns.r[i], columns.r[i - 1]));
    }
}

}  // namespace

std::string stated_unit(File const& file, std::string const& dataset) {
    for (char const* attribute : {"unit", "units"})
        if (file.has_attribute(dataset, attribute)) {
            auto const unit = file.string_attribute(dataset, attribute);
            return unit == "1" ? "" : unit;
        }
    return unit_in_name(dataset.substr(dataset.rfind('/') + 1));
}

void read_table(Section const& section, Communicator const& comm, TableNames const& names,
                PotentialParameters& parameters) {
    auto const path = section.input("file");
    bool const is_hdf5 = ends_with(path, ".h5") || ends_with(path, ".hdf5");
    std::string const root = is_hdf5 ? "/" : "";
    auto const r_name = section.optional<std::string>("r_name", root + "r_fm");
    auto const value_name = section.optional<std::string>("value_name", root + names.value_name);
    Places const places{path, r_name, value_name, names.value, is_allowed(section, doubts::units)};
    Columns columns;
    if (is_hdf5)
        columns = read_datasets(comm, places);
    else
        agree(comm, [&] { columns = read_csv_columns(places); });
    agree(comm, [&] { check(columns, path); });
    parameters[names.radii_key] = columns.r;
    parameters[names.values_key] = columns.value;
}

PotentialParameters read_spin_isospin_table(Section const& section, Communicator const& comm) {
    auto const path = section.input("file");
    CsvTable table;
    agree(comm, [&] { table = read_csv(path); });
    auto const row = section.optional<std::int64_t>("row", 1, at_least(1));
    if (row > table.values.rows())
        section.fail("row", fmt::format("is {}; {} has {} rows of numbers", row, path, table.values.rows()));
    auto const spin = section.required<std::int64_t>("spin", at_least(0));
    if (spin > 1) section.fail("spin", "must be 0 or 1");
    auto const isospin = section.required<std::int64_t>("isospin", at_least(0));
    if (isospin > 1) section.fail("isospin", "must be 0 or 1");
    double const m_pi_MeV = section.optional<double>("m_pi_MeV", 146.0, positive());

    auto const number = [&](std::string const& name) { return table.values(row - 1, table.column(name)); };
    auto const range = [&](std::string const& name) {
        double const value = number(name);
        if (value <= 0.0)
            throw InputError(fmt::format("{}: {} = {} must be positive", table.where(row - 1), name, value));
        return value;
    };
    SpinIsospinPotential potential{};
    agree(comm, [&] {
        for (int i = 1; i == 1 || table.has(fmt::format("beta{}", i)); ++i) {
            potential.ranges_fm.push_back(range(fmt::format("beta{}", i)));
            char const* const parts[] = {"0", "s", "t", "st"};
            for (std::size_t part = 0; part < 4; ++part)
                potential.strengths_MeV[part].push_back(number(fmt::format("a{}_{}", i, parts[part])));
        }
        potential.one_pion_MeV_fm = number("lambda1");
        potential.one_pion_range_fm = range("rho1");
        potential.two_pion_MeV_fm2 = number("lambda2");
        potential.two_pion_range_fm = range("rho2");
    });
    potential.m_pi_MeV = m_pi_MeV;
    return potential.channel(static_cast<int>(spin), static_cast<int>(isospin));
}

}  // namespace hadronforce
