#include "hadronforce/femtoscopy/measured_correlation.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace hadronforce {
namespace {

template <class... Parts>
[[noreturn]] void refuse(Parts const&... parts) {
    std::ostringstream text;
    (text << ... << parts);
    throw InputError(text.str());
}

void check_bin(MeasuredCorrelation const& data, Eigen::Index i, bool are_points) {
    double const low = data.k_low_MeV[i], high = data.k_high_MeV[i], k = data.k_star_MeV[i];
    std::string const where = data.where(i);
    if (low < 0.0) refuse(where, ": the bin begins at ", low, " MeV/c; k* is not negative, remove the row");
    if (are_points && !(k > 0.0)) refuse(where, ": k* = ", k, " MeV/c must be positive; remove the row");
    if (!are_points && !(low < high))
        refuse(where, ": the bin from ", low, " to ", high, " MeV/c is empty; its upper edge must exceed its lower");
    if (!are_points && !(k >= low && k <= high))
        refuse(where, ": k* = ", k, " MeV/c lies outside its bin from ", low, " to ", high, " MeV/c; mend one of them");
    if (i == 0) return;
    double const end = data.k_high_MeV[i - 1];
    if (!(k > data.k_star_MeV[i - 1]))
        refuse(where, ": k* = ", k, " MeV/c must be larger than ", data.k_star_MeV[i - 1], "; sort the rows by k*");
    if (low < end - 1e-9 * high)
        refuse(where, ": the bin begins at ", low, " MeV/c, before the one above ends at ", end,
               "; bins must not overlap");
}

}  // namespace

std::string MeasuredCorrelation::where(Eigen::Index bin) const {
    return path + ":" + std::to_string(lines.at(static_cast<std::size_t>(bin)));
}

void check_measured_correlation(MeasuredCorrelation const& data) {
    if (data.size() == 0) refuse(data.path, ": has no bin with a value");
    bool const are_points = (data.k_low_MeV == data.k_high_MeV).all() && (data.k_low_MeV == data.k_star_MeV).all();
    for (Eigen::Index i = 0; i < data.size(); ++i) {
        check_bin(data, i, are_points);
        for (auto const& error : data.errors)
            if (!(error.down[i] >= 0.0 && error.up[i] >= 0.0 && std::isfinite(error.down[i] + error.up[i])))
                refuse(data.where(i), ": the error ", error.name, " is ", std::min(error.down[i], error.up[i]),
                       "; it must not be negative");
    }
}

namespace {

MeasuredCorrelation selected(MeasuredCorrelation const& data, std::vector<Eigen::Index> const& kept) {
    MeasuredCorrelation part = data;
    for (auto* values : {&part.k_low_MeV, &part.k_high_MeV, &part.k_star_MeV, &part.correlation})
        *values = Eigen::ArrayXd((*values)(kept));
    for (auto& error : part.errors) {
        error.down = Eigen::ArrayXd(error.down(kept));
        error.up = Eigen::ArrayXd(error.up(kept));
        if (!error.problems.empty()) {
            std::vector<std::string> problems;
            for (auto i : kept) problems.push_back(error.problems[static_cast<std::size_t>(i)]);
            error.problems = std::move(problems);
        }
    }
    if (part.covariance) part.covariance = Eigen::MatrixXd((*data.covariance)(kept, kept));
    part.lines.clear();
    part.table_rows.clear();
    for (auto i : kept) {
        part.lines.push_back(data.lines[static_cast<std::size_t>(i)]);
        part.table_rows.push_back(data.table_rows[static_cast<std::size_t>(i)]);
    }
    return part;
}

}  // namespace

MeasuredCorrelation within(MeasuredCorrelation const& data, double k_min_MeV, double k_max_MeV) {
    std::vector<Eigen::Index> kept;
    for (Eigen::Index i = 0; i < data.size(); ++i)
        if (data.k_low_MeV[i] >= k_min_MeV - 1e-9 * k_max_MeV && data.k_high_MeV[i] <= k_max_MeV * (1.0 + 1e-9))
            kept.push_back(i);
    if (kept.empty())
        refuse(data.path, ": has no bin within ", k_min_MeV, " to ", k_max_MeV, " MeV/c; it covers ", data.k_low_MeV[0],
               " to ", data.k_high_MeV[data.size() - 1]);
    return selected(data, kept);
}

MeasuredCorrelation without(MeasuredCorrelation const& data, std::vector<std::pair<double, double>> const& ranges_MeV) {
    std::vector<Eigen::Index> kept;
    for (Eigen::Index i = 0; i < data.size(); ++i)
        if (std::none_of(ranges_MeV.begin(), ranges_MeV.end(), [&](auto const& range) {
                bool const overlaps = data.k_high_MeV[i] > range.first && data.k_low_MeV[i] < range.second;
                return overlaps || (data.k_star_MeV[i] >= range.first && data.k_star_MeV[i] <= range.second);
            }))
            kept.push_back(i);
    if (kept.empty()) refuse(data.path, ": has no bin outside of what is excluded");
    return selected(data, kept);
}

Eigen::ArrayXd variances_of(MeasuredCorrelation const& data, std::vector<std::string> const& error_names) {
    Eigen::ArrayXd result = Eigen::ArrayXd::Zero(data.size());
    for (auto const& name : error_names) {
        auto const found = std::find_if(data.errors.begin(), data.errors.end(),
                                        [&](NamedError const& error) { return error.name == name; });
        if (found == data.errors.end()) {
            std::string known;
            for (auto const& error : data.errors) known += (known.empty() ? "" : ", ") + error.name;
            refuse(data.path, ": has no error ", name, "; its errors are ", known.empty() ? "none" : known);
        }
        for (auto const& problem : found->problems)
            if (!problem.empty()) throw InputError(problem);
        result += (0.5 * (found->down + found->up)).square();
    }
    return result;
}

void check_variances(MeasuredCorrelation const& data, Eigen::ArrayXd const& variances) {
    for (Eigen::Index i = 0; i < data.size(); ++i)
        if (!(variances[i] > 0.0))
            refuse(data.where(i), ": the bin has no error; a chi^2 needs one, or remove the row");
}

Eigen::MatrixXd covariance_of(MeasuredCorrelation const& data, std::vector<std::string> const& error_names,
                              bool with_table) {
    if (with_table && !data.covariance) refuse(data.path, ": has no covariance; name the table that gives it");
    Eigen::MatrixXd result = with_table ? *data.covariance : Eigen::MatrixXd::Zero(data.size(), data.size());
    result.diagonal().array() += variances_of(data, error_names);
    check_variances(data, result.diagonal().array());
    return result;
}

}  // namespace hadronforce
