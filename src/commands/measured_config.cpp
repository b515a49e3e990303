#include "commands/measured_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/measurement/correlation_csv.hpp"
#include "hadronforce/measurement/hepdata.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/csv_table.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

bool is_yaml(std::string const& path) {
    auto const dot = path.rfind('.');
    auto const ending = dot == std::string::npos ? "" : path.substr(dot);
    return ending == ".yaml" || ending == ".yml";
}

CorrelationColumns read_columns(Section const& section) {
    CorrelationColumns columns;
    columns.k_low = section.optional<std::string>("k_low", "");
    columns.k_high = section.optional<std::string>("k_high", "");
    columns.k_star = section.optional<std::string>("k_star", "");
    columns.value = section.optional<std::string>("value", "");
    if (section.has("unit")) columns.unit = section.required<std::string>("unit", one_of({"MeV", "GeV"}));
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

}  // namespace

MeasuredData read_measured_data(Section const& section, Communicator const& comm) {
    auto const path = section.input("file");
    MeasuredData data;
    if (is_yaml(path)) {
        auto const dependent = section.optional<std::string>("dependent", "");
        agree(comm, [&] { data.bins = read_hepdata(path, dependent); });
    } else {
        auto const columns = read_columns(section.optional_section("columns"));
        agree(comm, [&] { data.bins = read_correlation_csv(path, columns); });
    }
    bool const has_table = section.has("covariance");
    if (has_table) {
        Section const table = section.section("covariance");
        auto const file = table.input("file");
        auto const dependent = table.optional<std::string>("dependent", "");
        agree(comm, [&] { read_covariance(file, dependent, data.bins); });
    }
    double const k_min = section.optional<double>("k_min_MeV", 0.0, not_negative());
    double const k_max =
        section.has("k_max_MeV") ? section.required<double>("k_max_MeV", positive()) : data.bins.k_high_MeV.maxCoeff();
    if (k_max <= k_min) section.fail("k_max_MeV", "must be larger than k_min_MeV");
    std::vector<std::string> names;
    if (!has_table)
        for (auto const& error : data.bins.errors) names.push_back(error.name);
    names = section.optional<std::vector<std::string>>("errors", names);
    agree(comm, [&] {
        data.bins = within(data.bins, k_min, k_max);
        data.covariance = covariance_of(data.bins, names, has_table);
    });
    return data;
}

BinAverage::Weight read_weight(std::string const& path, Communicator const& comm) {
    Eigen::ArrayXd k, weight;
    agree(comm, [&] {
        CsvTable const table = read_csv(path);
        k = table.values.col(table.column("k_star_MeV")).array();
        weight = table.values.col(table.column("weight")).array();
        for (Eigen::Index i = 0; i < k.size(); ++i)
            if (weight[i] < 0.0 || (i > 0 && k[i] <= k[i - 1]))
                throw InputError(table.where(i) + ": weights must not be negative, and k* must increase");
    });
    return [k, weight](double at) {
        auto const above = std::upper_bound(k.begin(), k.end(), at) - k.begin();
        if (above == 0) return weight[0];
        if (above == k.size()) return weight[k.size() - 1];
        double const t = (at - k[above - 1]) / (k[above] - k[above - 1]);
        return (1.0 - t) * weight[above - 1] + t * weight[above];
    };
}

}  // namespace hadronforce
