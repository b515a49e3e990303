#include "hadronforce/fit/scan.hpp"

#include "hadronforce/error.hpp"

#include <boost/math/distributions/chi_squared.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

/// What two ways to one minimum differ by.
constexpr double rounding = 0.01;
constexpr int most_passes = 4;

struct Cell {
    double chi2 = std::numeric_limits<double>::quiet_NaN();
    Eigen::VectorXd values;
    bool is_lower_than(Cell const& other) const { return std::isfinite(chi2) && !(other.chi2 <= chi2 + rounding); }
};

/// The minimum in one cell, from some start.
class CellFit {
  public:
    CellFit(ScanFunctions functions, std::vector<Parameter> const& parameters, std::vector<ScanAxis> const& axes)
        : functions_(std::move(functions)), parameters_(parameters), axes_(axes) {}

    Cell from(Eigen::VectorXd const& start, std::vector<double> const& at) const {
        Eigen::VectorXd all = start;
        std::vector<bool> is_fixed(parameters_.size(), false);
        for (std::size_t i = 0; i < axes_.size(); ++i)
            if (axes_[i].parameter) {
                all[*axes_[i].parameter] = at[i];
                is_fixed[static_cast<std::size_t>(*axes_[i].parameter)] = true;
            }
        std::vector<Eigen::Index> places;
        std::vector<Parameter> others;
        for (std::size_t i = 0; i < parameters_.size(); ++i) {
            if (is_fixed[i]) continue;
            auto const place = static_cast<Eigen::Index>(i);
            places.push_back(place);
            others.push_back(parameters_[i]);
            others.back().start = std::clamp(all[place], parameters_[i].low, parameters_[i].high);
        }
        auto const with = [&](Eigen::VectorXd const& free) {
            Eigen::VectorXd values = all;
            values(places) = free;
            return values;
        };
        // Where chi^2 is steep the residuals that hold quantities yield: aimed beyond by as much, they do not.
        std::vector<double> aim = at;
        Residuals const residuals = [&](Eigen::VectorXd const& free) { return held(with(free), aim); };
        Cell cell;
        cell.values = all;
        try {
            Eigen::VectorXd best(0);
            for (int round = 0; round < 4; ++round) {
                if (!others.empty()) best = least_squares_to(rounding, residuals, others).values;
                cell.values = with(best);
                bool is_held = true;
                for (std::size_t i = 0; i < axes_.size(); ++i) {
                    if (axes_[i].parameter) continue;
                    double const beside = at[i] - functions_.quantities[i](cell.values);
                    is_held = is_held && std::fabs(beside) <= width(axes_[i]);
                    aim[i] += beside;
                }
                if (is_held || others.empty()) break;
                for (std::size_t i = 0; i < others.size(); ++i)
                    others[i].start = std::clamp(best[static_cast<Eigen::Index>(i)], others[i].low, others[i].high);
            }
            cell.chi2 = functions_.residuals(cell.values).squaredNorm();
            if (!is_there(cell.values, at)) cell.chi2 = std::numeric_limits<double>::quiet_NaN();
        } catch (InputError const&) {
        } catch (ConvergenceError const&) {
        }
        return cell;
    }

  private:
    static double width(ScanAxis const& axis) {
        auto const n = axis.values.size();
        return 1e-3 * (n > 1 ? (axis.values[n - 1] - axis.values[0]) / static_cast<double>(n - 1)
                             : std::max(std::fabs(axis.values[0]), 1e-3));
    }

    /// Residuals, and one for each quantity that is to have a value.
    Eigen::VectorXd held(Eigen::VectorXd const& values, std::vector<double> const& at) const {
        Eigen::VectorXd residuals = functions_.residuals(values);
        for (std::size_t i = 0; i < axes_.size(); ++i) {
            if (axes_[i].parameter) continue;
            residuals.conservativeResize(residuals.size() + 1);
            residuals[residuals.size() - 1] = (functions_.quantities[i](values) - at[i]) / width(axes_[i]);
        }
        return residuals;
    }

    /// Within a twentieth of a step.
    bool is_there(Eigen::VectorXd const& values, std::vector<double> const& at) const {
        for (std::size_t i = 0; i < axes_.size(); ++i)
            if (!axes_[i].parameter && !(std::fabs(functions_.quantities[i](values) - at[i]) < 50.0 * width(axes_[i])))
                return false;
        return true;
    }

    ScanFunctions functions_;
    std::vector<Parameter> const& parameters_;
    std::vector<ScanAxis> const& axes_;
};

/// Cells by number.
struct Grid {
    std::vector<ScanAxis> const& axes;
    Eigen::Index columns() const { return axes.back().values.size(); }
    Eigen::Index rows() const { return axes.size() == 1 ? 1 : axes.front().values.size(); }
    Eigen::Index size() const { return rows() * columns(); }
    std::vector<double> at(Eigen::Index cell) const {
        if (axes.size() == 1) return {axes[0].values[cell]};
        return {axes[0].values[cell / columns()], axes[1].values[cell % columns()]};
    }
    std::vector<Eigen::Index> beside(Eigen::Index cell) const {
        std::vector<Eigen::Index> cells;
        Eigen::Index const row = cell / columns(), column = cell % columns();
        if (column > 0) cells.push_back(cell - 1);
        if (column + 1 < columns()) cells.push_back(cell + 1);
        if (row > 0) cells.push_back(cell - columns());
        if (row + 1 < rows()) cells.push_back(cell + columns());
        return cells;
    }
};

Eigen::Index nearest(Eigen::ArrayXd const& values, double value) {
    Eigen::Index place = 0;
    (values - value).abs().minCoeff(&place);
    return place;
}

void put(Cell const& cell, Eigen::Ref<Eigen::VectorXd> numbers) {
    numbers[0] = cell.chi2;
    numbers.tail(cell.values.size()) = cell.values;
}

/// Whether parameters may belong to another valley of chi^2 than a cell's: they differ by more than an error.
bool is_elsewhere(Eigen::VectorXd const& parameters, Cell const& cell, LeastSquaresFit const& fit,
                  std::vector<ScanAxis> const& axes) {
    if (!std::isfinite(cell.chi2)) return true;
    for (Eigen::Index i = 0; i < parameters.size(); ++i) {
        bool const on_axis =
            std::any_of(axes.begin(), axes.end(), [&](auto const& axis) { return axis.parameter == i; });
        if (!on_axis && std::fabs(parameters[i] - cell.values[i]) > std::sqrt(fit.covariance(i, i))) return true;
    }
    return false;
}

}  // namespace

ScanResult scan(Communicator const& comm, MakeScanFunctions const& make, std::vector<Parameter> const& parameters,
                LeastSquaresFit const& fit, std::vector<ScanAxis> const& axes, FinishedJobs& jobs) {
    Grid const grid{axes};
    Eigen::Index const n = fit.values.size(), columns = grid.columns();
    auto const& last = axes.back();
    double const best = last.parameter ? fit.values[*last.parameter] : make().quantities.back()(fit.values);
    Eigen::Index const middle = nearest(last.values, best);
    auto& rows = table_of(jobs, "scan rows", grid.rows(), columns * (1 + n));
    rows.work(
        comm,
        [&](Eigen::Index row) {
            CellFit const cell_fit(make(), parameters, axes);
            Eigen::VectorXd numbers(columns * (1 + n));
            auto const outwards = [&](Eigen::Index from, Eigen::Index to, Eigen::Index step, Eigen::VectorXd start) {
                for (Eigen::Index column = from; column != to; column += step) {
                    auto cell = cell_fit.from(start, grid.at(row * columns + column));
                    put(cell, numbers.segment(column * (1 + n), 1 + n));
                    if (std::isfinite(cell.chi2)) start = cell.values;
                }
                return start;
            };
            outwards(middle, columns, 1, fit.values);
            Eigen::VectorXd const at_middle = std::isfinite(numbers[middle * (1 + n)])
                                                  ? Eigen::VectorXd(numbers.segment(middle * (1 + n) + 1, n))
                                                  : fit.values;
            outwards(middle - 1, -1, -1, at_middle);
            return numbers;
        },
        jobs.save);
    ScanResult result{Eigen::VectorXd(grid.size()), Eigen::MatrixXd(grid.size(), n)};
    auto const take = [&](JobTable const& table) {
        bool lower = false;
        for (Eigen::Index cell = 0; cell < grid.size(); ++cell) {
            auto const numbers = table.results().row(cell / columns).segment((cell % columns) * (1 + n), 1 + n);
            lower = lower || !(numbers[0] >= result.chi2[cell] - rounding || std::isnan(numbers[0]));
            result.chi2[cell] = numbers[0];
            result.parameters.row(cell) = numbers.tail(n);
        }
        return lower;
    };
    take(rows);
    bool lower = true;
    for (int pass = 1; lower && pass <= most_passes; ++pass) {
        auto& table = table_of(jobs, "scan pass " + std::to_string(pass), grid.rows(), columns * (1 + n));
        table.work(
            comm,
            [&](Eigen::Index row) {
                std::optional<CellFit> cell_fit;
                Eigen::VectorXd numbers(columns * (1 + n));
                for (Eigen::Index column = 0; column < columns; ++column) {
                    Eigen::Index const number = row * columns + column;
                    Cell cell{result.chi2[number], result.parameters.row(number).transpose()};
                    for (auto const other : grid.beside(number)) {
                        Eigen::VectorXd const start = result.parameters.row(other).transpose();
                        if (!std::isfinite(result.chi2[other]) || !is_elsewhere(start, cell, fit, axes)) continue;
                        if (!cell_fit) cell_fit.emplace(make(), parameters, axes);
                        auto const tried = cell_fit->from(start, grid.at(number));
                        if (tried.is_lower_than(cell)) cell = tried;
                    }
                    put(cell, numbers.segment(column * (1 + n), 1 + n));
                }
                return numbers;
            },
            jobs.save);
        lower = take(table);
    }
    return result;
}

double chi2_rise(double standard_deviations, int axes) {
    double const probability = std::erf(standard_deviations / std::sqrt(2.0));
    return boost::math::quantile(boost::math::chi_squared(static_cast<double>(axes)), probability);
}

}  // namespace hadronforce
