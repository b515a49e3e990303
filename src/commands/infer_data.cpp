#include "commands/infer_data.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/setup/measurement_sections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hadronforce {
namespace {

void read_data(Section const& data, std::string const& name, Communicator const& comm, DataToInfer& c) {
    if (data.has("table") && data.has("file")) data.fail("table", "stands beside data.file; remove one of them");
    c.names.push_back(name);
    c.measured.push_back(read_measured_data(data, comm, data.has("table") ? "table" : "file", false));
    if (data.optional<std::string>("unlike_training", "refuse", one_of({"refuse", "accept"})) == "accept")
        c.accepts_unlike = true;
}

}  // namespace

DataToInfer read_data_to_infer(Section const& root, Communicator const& comm) {
    DataToInfer c;
    if (!root.has("measurements")) {
        read_data(root.section("data"), "", comm, c);
        return c;
    }
    if (root.has("data")) root.fail("data", "stands beside measurements, which have their own; move it into one");
    for (auto const& [name, section] : measurement_sections(root)) read_data(section.section("data"), name, comm, c);
    return c;
}

void match_measurements(Section const& root, Model const& model, std::string const& path, DataToInfer& c) {
    auto const& wanted = model.features.measurements.names;
    bool const is_single = wanted.size() == 1 && wanted.front().empty();
    std::string const all = fmt::format("{}", fmt::join(wanted, ", "));
    std::vector<MeasuredData> in_order;
    for (auto const& name : wanted) {
        auto const found = std::find(c.names.begin(), c.names.end(), name);
        if (found == c.names.end() && is_single)
            root.fail("measurements", fmt::format("are several, and {} was trained on one; write data", path));
        if (found == c.names.end())
            root.fail(
                root.has("measurements") ? "measurements" : "data",
                fmt::format("must give data of {}, on which {} was trained, as measurements: {{{}: {{data: ...}}}}",
                            all, path, name));
        in_order.push_back(c.measured[static_cast<std::size_t>(found - c.names.begin())]);
    }
    for (auto const& name : c.names)
        if (std::find(wanted.begin(), wanted.end(), name) == wanted.end())
            root.section("measurements").fail(name, fmt::format("is none of {}, on which {} was trained", all, path));
    bool const have_errors = in_order.front().variance.size() > 0;
    for (auto const& one : in_order)
        if ((one.variance.size() > 0) != have_errors)
            throw InputError(fmt::format("{}: has {} errors, {} has; give all data errors, or none",
                                         in_order.front().bins.path, have_errors ? "" : "no", one.bins.path));
    c.measured = std::move(in_order);
    c.names = wanted;
}

Eigen::MatrixXd joint_covariance(DataToInfer const& c) {
    if (c.measured.front().variance.size() == 0) return {};
    Eigen::Index total = 0, at = 0;
    for (auto const& one : c.measured) total += one.bins.size();
    Eigen::MatrixXd all = Eigen::MatrixXd::Zero(total, total);
    for (auto const& one : c.measured) {
        all.block(at, at, one.bins.size(), one.bins.size()) = full_covariance(one);
        at += one.bins.size();
    }
    return all;
}

MeasuredParts bins_of(DataToInfer const& c) {
    std::vector<MeasuredCorrelation> all;
    for (auto const& one : c.measured) all.push_back(one.bins);
    return MeasuredParts(all);
}

}  // namespace hadronforce
