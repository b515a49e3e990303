#include "hadronforce/error.hpp"
#include "hadronforce/measurement/hepdata.hpp"
#include "hadronforce/measurement/written_unit.hpp"
#include "hadronforce/storage/csv_table.hpp"
#include "measurement/hepdata_table.hpp"
#include "measurement/value_unit.hpp"

#include <fmt/format.h>
#include <Eigen/Cholesky>

#include <cmath>

namespace hadronforce {
namespace {

/// One element as a file gives it.
struct Element {
    Eigen::Index row, column;  ///< bins of the data; -1: a bin of the table that the data miss
    double value;
    std::string where;
};

/// The bin of a number from 1 in the table, missing ones counted; -1 for one that is missing.
Eigen::Index bin_of_number(MeasuredCorrelation const& data, double number, std::string const& where) {
    int const last = data.table_rows.back();
    if (number != std::floor(number) || number < 1.0)
        throw InputError(fmt::format("{}: the bin number {} must be a whole number from 1 on", where, number));
    for (std::size_t i = 0; i < data.table_rows.size(); ++i)
        if (data.table_rows[i] + 1 == static_cast<int>(number)) return static_cast<Eigen::Index>(i);
    if (number > last + 1)
        throw InputError(
            fmt::format("{}: the bin number {} exceeds the {} bins of {}", where, number, last + 1, data.path));
    return -1;
}

/// Bins by momentum: the one with these edges, or with this centre.
Eigen::Index bin_of_momentum(MeasuredCorrelation const& data, hepdata::Bin const& bin, std::string const& where) {
    for (Eigen::Index i = 0; i < data.size(); ++i) {
        double const margin = 1e-6 * data.k_high_MeV[i];
        bool const same_edges = std::fabs(bin.low_MeV - data.k_low_MeV[i]) <= margin &&
                                std::fabs(bin.high_MeV - data.k_high_MeV[i]) <= margin;
        bool const same_centre =
            bin.low_MeV == bin.high_MeV && std::fabs(bin.centre_MeV - data.k_star_MeV[i]) <= margin;
        if (same_edges || same_centre) return i;
    }
    // A bin that the data miss may well have a covariance of its own.
    if (static_cast<int>(data.table_rows.size()) <= data.table_rows.back()) return -1;
    throw InputError(fmt::format("{}: the bin at {} MeV/c is none of {}", where, bin.centre_MeV, data.path));
}

std::vector<Element> read_hepdata_elements(std::string const& path, VariableChoice const& choice,
                                           MomentumReading const& reading, MeasuredCorrelation const& data) {
    auto const tables = hepdata::read_tables(path, 2);
    auto const [table, variable] = hepdata::chosen(tables, choice);
    auto const& axes = table->independent;
    if (axes.size() != 2)
        table->fail(axes.front().line,
                    fmt::format("the table has {} independent variable{}; a covariance has two, the bins of row and "
                                "column",
                                axes.size(), axes.size() == 1 ? "" : "s"));
    std::vector<Element> elements(variable->entries.size());
    for (std::size_t axis = 0; axis < 2; ++axis) {
        auto const& bins = axes[axis];
        bool const by_number = bins.units.empty() && unit_in_name(bins.name).empty();
        // What the data's momentum is called is what it is here too, however this table calls it.
        MomentumReading here = reading;
        if (here.momentum.empty()) here.momentum = "k_star";
        double const factor =
            by_number ? 1.0 : factor_to_k_star_MeV(bins.name, bins.units, here, table->where(bins.line));
        if (bins.entries.size() != elements.size())
            table->fail(bins.line, fmt::format("{} has {} values, {} has {}; give one for each entry", bins.name,
                                               bins.entries.size(), variable->name, elements.size()));
        for (std::size_t i = 0; i < elements.size(); ++i) {
            std::string const where = table->where(bins.entries[i].line);
            auto const bin = hepdata::read_bin(*table, bins.entries[i], factor);
            auto const index =
                by_number ? bin_of_number(data, bin.centre_MeV, where) : bin_of_momentum(data, bin, where);
            (axis == 0 ? elements[i].row : elements[i].column) = index;
        }
    }
    double const unit =
        factor_of_covariance(variable->name, variable->units, data.value_unit, reading, table->where(variable->line));
    for (std::size_t i = 0; i < elements.size(); ++i) {
        auto const& entry = variable->entries[i];
        elements[i].where = table->where(entry.line);
        elements[i].value =
            hepdata::is_missing(entry.value) ? 0.0 : unit * hepdata::number(*table, entry.value, entry.line, "value");
    }
    return elements;
}

std::vector<Element> read_csv_elements(std::string const& path, MomentumReading const& reading,
                                       MeasuredCorrelation const& data) {
    CsvTable const table = read_csv(path);
    auto const row = table.column("bin1"), column = table.column("bin2"), value = table.column("covariance");
    if (data.value_unit != 1.0 && !reading.unchecked)
        throw InputError(
            fmt::format("{}: states no unit, and the values of {} have one; convert those, or give the "
                        "covariance as a HEPData table with a unit, such as %^2",
                        table.where_names(), data.path));
    std::vector<Element> elements;
    for (Eigen::Index i = 0; i < table.values.rows(); ++i)
        elements.push_back({bin_of_number(data, table.values(i, row), table.where(i)),
                            bin_of_number(data, table.values(i, column), table.where(i)), table.values(i, value),
                            table.where(i)});
    return elements;
}

}  // namespace

void read_covariance(std::string const& path, VariableChoice const& choice, MomentumReading const& reading,
                     MeasuredCorrelation& data) {
    auto const elements =
        is_hepdata(path) ? read_hepdata_elements(path, choice, reading, data) : read_csv_elements(path, reading, data);
    if (double const gigabytes = 24e-9 * static_cast<double>(data.size()) * static_cast<double>(data.size());
        gigabytes > 1.5)
        throw InputError(fmt::format("{}: a covariance of {} bins needs about {:.1f} GB; take wider bins", path,
                                     data.size(), gigabytes));
    double const nothing = std::nan("");
    Eigen::MatrixXd given = Eigen::MatrixXd::Constant(data.size(), data.size(), nothing);
    for (auto const& element : elements) {
        if (element.row < 0 || element.column < 0) continue;
        double& value = given(element.row, element.column);
        if (!std::isnan(value)) throw InputError(element.where + ": the covariance of these two bins is given twice");
        value = element.value;
        double const mirrored = given(element.column, element.row);
        if (!std::isnan(mirrored) && std::fabs(mirrored - value) > 1e-6 * std::fabs(mirrored))
            throw InputError(fmt::format("{}: the covariance {} differs from that of the mirrored bins, {}",
                                         element.where, value, mirrored));
    }
    Eigen::MatrixXd covariance(data.size(), data.size());
    for (Eigen::Index i = 0; i < data.size(); ++i) {
        if (!(given(i, i) > 0.0))
            throw InputError(fmt::format("{}: gives no positive variance of bin {} of {}", path,
                                         data.table_rows[static_cast<std::size_t>(i)] + 1, data.path));
        for (Eigen::Index j = 0; j < data.size(); ++j) {
            double const value = std::isnan(given(i, j)) ? given(j, i) : given(i, j);
            covariance(i, j) = std::isnan(value) ? 0.0 : value;
        }
    }
    Eigen::VectorXd const scale = covariance.diagonal().cwiseSqrt().cwiseInverse();
    Eigen::LLT<Eigen::MatrixXd> const root(scale.asDiagonal() * covariance * scale.asDiagonal());
    if (root.info() != Eigen::Success || root.matrixLLT().diagonal().minCoeff() < 1e-7)
        throw InputError(fmt::format("{}: the covariance is not positive definite; check it, or fit without it", path));
    data.covariance = covariance;
}

}  // namespace hadronforce
