#include "hadronforce/measurement/momentum_matrix_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/measurement/written_unit.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/csv_table.hpp"
#include "hadronforce/storage/file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace hadronforce {
namespace {

bool ends_with(std::string const& text, std::string const& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Bins in the order of their lower edges, each with its place.
using Bins = std::map<std::pair<double, double>, Eigen::Index>;

void number(Bins& bins, Eigen::ArrayXd& low, Eigen::ArrayXd& high) {
    low.resize(static_cast<Eigen::Index>(bins.size()));
    high.resize(low.size());
    Eigen::Index place = 0;
    for (auto& [edges, index] : bins) {
        low[place] = edges.first;
        high[place] = edges.second;
        index = place++;
    }
}

MomentumMatrix read_entries(std::string const& path) {
    CsvTable const table = read_csv(path);
    auto const column = [&](char const* name) { return table.values.col(table.column(name)); };
    auto const low = column("k_low_MeV"), high = column("k_high_MeV"), from_low = column("k_from_low_MeV"),
               from_high = column("k_from_high_MeV"), weight = column("weight");
    Bins rows, columns;
    for (Eigen::Index i = 0; i < table.values.rows(); ++i) {
        if (!(low[i] >= 0.0 && high[i] > low[i] && from_low[i] >= 0.0 && from_high[i] > from_low[i]))
            throw InputError(table.where(i) + ": edges of bins must increase from 0 or more");
        if (weight[i] < 0.0)
            throw InputError(fmt::format("{}: the weight is {}; it must not be negative", table.where(i), weight[i]));
        rows[{low[i], high[i]}] = 0;
        columns[{from_low[i], from_high[i]}] = 0;
    }
    MomentumMatrix matrix;
    matrix.path = path;
    number(rows, matrix.low_MeV, matrix.high_MeV);
    number(columns, matrix.from_low_MeV, matrix.from_high_MeV);
    matrix.weights = Eigen::MatrixXd::Zero(matrix.low_MeV.size(), matrix.from_low_MeV.size());
    std::set<std::pair<Eigen::Index, Eigen::Index>> given;
    for (Eigen::Index i = 0; i < table.values.rows(); ++i) {
        auto const row = rows.at({low[i], high[i]}), from = columns.at({from_low[i], from_high[i]});
        if (!given.insert({row, from}).second) throw InputError(table.where(i) + ": this entry is given twice");
        matrix.weights(row, from) = weight[i];
    }
    return matrix;
}

/// What the name says, _MeV, an attribute must not contradict.
void check_unit(File const& file, char const* name, std::string const& unit) {
    agree(file.comm(), [&] {
        if (!unit.empty() && unit_size(unit, Dimension::momentum).value_or(0.0) != 1.0)
            throw InputError(
                fmt::format("{}:{}: has the unit {}; it must be in MeV/c, as its name says", file.path(), name, unit));
    });
}

MomentumMatrix read_datasets(Communicator const& comm, std::string const& path) {
    File const file(comm, path, File::Mode::read);
    auto const edges = [&](char const* name, Eigen::ArrayXd& low, Eigen::ArrayXd& high) {
        auto const shape = file.shape(name);
        agree(comm, [&] {
            if (shape.size() != 1 || shape[0] < 2)
                throw InputError(fmt::format("{}:{}: must be a list of two edges or more", path, name));
        });
        for (char const* attribute : {"unit", "units"})
            if (file.has_attribute(name, attribute)) check_unit(file, name, file.string_attribute(name, attribute));
        RowMatrixXd const all = file.read_all(name);
        low = all.col(0).head(all.rows() - 1).array();
        high = all.col(0).tail(all.rows() - 1).array();
    };
    MomentumMatrix matrix;
    matrix.path = path;
    edges("/k_edges_MeV", matrix.low_MeV, matrix.high_MeV);
    edges("/k_from_edges_MeV", matrix.from_low_MeV, matrix.from_high_MeV);
    auto const shape = file.shape("/matrix");
    agree(comm, [&] {
        if (shape.size() != 2)
            throw InputError(fmt::format("{}:/matrix: has {} axes; it must have two", path, shape.size()));
    });
    matrix.weights = file.read_all("/matrix");
    return matrix;
}

}  // namespace

MomentumMatrix read_momentum_matrix(Communicator const& comm, std::string const& path, bool normalise) {
    MomentumMatrix matrix;
    if (ends_with(path, ".h5") || ends_with(path, ".hdf5"))
        matrix = read_datasets(comm, path);
    else
        agree(comm, [&] { matrix = read_entries(path); });
    agree(comm, [&] {
        bool const same_size =
            matrix.weights.rows() == matrix.low_MeV.size() && matrix.weights.cols() == matrix.from_low_MeV.size();
        if (normalise && same_size) normalise_rows(matrix);
        check_momentum_matrix(matrix);
        normalise_rows(matrix);  // what the file's digits leave
    });
    return matrix;
}

}  // namespace hadronforce
