#include "hadronforce/setup/measured_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/measurement/correlation_csv.hpp"
#include "hadronforce/measurement/hepdata.hpp"
#include "hadronforce/measurement/written_unit.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/setup/plausibility.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {
namespace {

/// `dependent`, `dependent_number` and `qualifiers`.
VariableChoice read_choice(Section const& section) {
    VariableChoice choice;
    choice.name = section.optional<std::string>("dependent", "");
    if (section.has("dependent_number"))
        choice.number = static_cast<int>(section.required<std::int64_t>("dependent_number", [](std::int64_t const& n) {
            return n >= 1 && n <= 100000 ? "" : "must be a number from 1 on";
        }));
    if (!section.has("qualifiers")) return choice;
    Section const qualifiers = section.section("qualifiers");
    for (auto const& name : qualifiers.keys())
        choice.qualifiers.push_back({name, qualifiers.required<std::string>(name)});
    return choice;
}

MomentumReading read_momentum(Section const& section) {
    MomentumReading reading;
    if (section.has("momentum"))
        reading.momentum = section.required<std::string>("momentum", one_of({"k_star", "q_inv"}));
    if (section.has("unit")) reading.unit = section.required<std::string>("unit", one_of({"MeV", "GeV", "1/fm"}));
    reading.unchecked = is_allowed(section, doubts::units);
    return reading;
}

CorrelationColumns read_columns(Section const& section) {
    CorrelationColumns columns;
    columns.k_low = section.optional<std::string>("k_low", "");
    columns.k_high = section.optional<std::string>("k_high", "");
    columns.k_star = section.optional<std::string>("k_star", "");
    columns.value = section.optional<std::string>("value", "");
    if (auto const unit = unit_in_name(columns.value); !unit.empty())
        refuse_unless_allowed(
            section, "value", doubts::units,
            fmt::format("names {}, which is in {}; a correlation function has no unit", columns.value, unit));
    if (!section.has("errors")) return columns;
    Section const errors = section.section("errors");
    columns.errors.emplace();
    for (auto const& name : errors.keys()) {
        if (errors.is_mapping(name)) {
            Section const sides = errors.section(name);
            columns.errors->push_back({name, sides.required<std::string>("down"), sides.required<std::string>("up")});
        } else {
            auto const column = errors.required<std::string>(name);
            columns.errors->push_back({name, column, column});
        }
    }
    return columns;
}

/// `exclude`: ranges of k* in MeV/c, [[190, 210], ...].
std::vector<std::pair<double, double>> read_excluded(Section const& section) {
    std::vector<std::pair<double, double>> ranges;
    if (!section.has("exclude")) return ranges;
    Section const entries = section.entries("exclude");
    for (auto const& key : entries.keys()) {
        auto const ends = entries.required<std::vector<double>>(key);
        if (ends.size() != 2 || !(ends[0] < ends[1])) entries.fail(key, "must be a range [low, high] of k* in MeV/c");
        ranges.push_back({ends[0], ends[1]});
    }
    return ranges;
}

struct Correlated {
    std::string name;
    double relative = 0.0;
    std::vector<std::string> columns;
    bool has(std::string const& column) const {
        return std::find(columns.begin(), columns.end(), column) != columns.end();
    }
};

/// `correlated`: {NAME: {relative: 0.02}} or {NAME: {errors: [sys]}}.
std::vector<Correlated> read_correlated(Section const& section) {
    std::vector<Correlated> result;
    Section const correlated = section.optional_section("correlated");
    for (auto const& name : correlated.keys()) {
        Section const one = correlated.section(name);
        Correlated error{name, 0.0, {}};
        if (one.has("relative") == one.has("errors"))
            correlated.fail(name, "needs either relative, a part of C, or errors, columns of the table");
        if (one.has("relative"))
            error.relative = one.required<double>("relative", positive());
        else
            error.columns = one.required<std::vector<std::string>>("errors", each<std::string>({}));
        result.push_back(error);
    }
    return result;
}

/// Correlations are measured up to tens or hundreds of MeV/c and begin below.
void check_momenta(Section const& section, MeasuredCorrelation const& bins) {
    double const lowest = bins.k_star_MeV[0], highest = bins.k_star_MeV[bins.size() - 1];
    if (highest < 5.0 || lowest > 1000.0)
        refuse_unless_allowed(
            section, "file", doubts::momenta,
            fmt::format("has k* from {:.4g} to {:.4g} MeV/c, which nobody measures; say by data.unit in "
                        "what unit they are (MeV, GeV or 1/fm)",
                        lowest, highest));
}

}  // namespace

MeasuredData read_measured_data(Section const& section, Communicator const& comm, std::string const& file_key,
                                bool needs_errors) {
    auto const path = section.input(file_key);
    MeasuredData data;
    MomentumReading reading = read_momentum(section);
    bool from_hepdata = false;
    agree(comm, [&] { from_hepdata = is_hepdata(path); });
    if (from_hepdata) {
        auto const choice = read_choice(section);
        agree(comm, [&] { data.bins = read_hepdata(path, choice, reading); });
    } else {
        Section const given = section.optional_section("columns");
        auto const columns = read_columns(given);
        if (given.has("unit")) {
            auto const unit = given.required<std::string>("unit", one_of({"MeV", "GeV"}));
            if (!reading.unit.empty() && reading.unit != unit)
                given.fail("unit", fmt::format("is {}, and data.unit is {}; remove one", unit, reading.unit));
            reading.unit = unit;
        }
        agree(comm, [&] { data.bins = read_correlation_csv(path, columns, reading); });
    }
    bool const has_table = section.has("covariance");
    if (has_table) {
        Section const table = section.section("covariance");
        auto const file = table.input("file");
        auto const choice = read_choice(table);
        agree(comm, [&] { read_covariance(file, choice, reading, data.bins); });
    }
    check_momenta(section, data.bins);
    double const k_min = section.optional<double>("k_min_MeV", 0.0, not_negative());
    double const k_max =
        section.has("k_max_MeV") ? section.required<double>("k_max_MeV", positive()) : data.bins.k_high_MeV.maxCoeff();
    if (k_max <= k_min && section.has("k_max_MeV")) section.fail("k_max_MeV", "must be larger than k_min_MeV");
    if (k_max <= k_min) section.fail("k_min_MeV", fmt::format("must be below {:.6g} MeV/c, where the data end", k_max));
    auto const excluded = read_excluded(section);
    auto const correlated = read_correlated(section);
    std::vector<std::string> names;
    if (!has_table)
        for (auto const& error : data.bins.errors)
            if (std::none_of(correlated.begin(), correlated.end(), [&](auto const& c) { return c.has(error.name); }))
                names.push_back(error.name);
    names = section.optional<std::vector<std::string>>("errors", names);
    for (auto const& error : correlated)
        for (auto const& name : names)
            if (error.has(name))
                section.fail("errors", fmt::format("has {}, which correlated.{} has too; remove it from one of them",
                                                   name, error.name));
    agree(comm, [&] {
        bool const ends_early = section.has("k_max_MeV");
        naming(section.where(ends_early ? "k_max_MeV" : "k_min_MeV"),
               [&] { data.bins = within(data.bins, k_min, k_max); });
        if (!excluded.empty()) naming(section.where("exclude"), [&] { data.bins = without(data.bins, excluded); });
        if (!needs_errors && !has_table && names.empty()) return;
        data.variance = variances_of(data.bins, names);
        if (has_table) {
            data.covariance = data.bins.covariance;
            data.covariance->diagonal().array() += data.variance;
            data.variance = data.covariance->diagonal().array();
        }
        check_variances(data.bins, data.variance);
        for (auto const& error : correlated)
            data.correlated.push_back(
                {error.name, error.relative,
                 error.columns.empty() ? Eigen::ArrayXd() : variances_of(data.bins, error.columns).sqrt().eval()});
    });
    return data;
}

}  // namespace hadronforce
