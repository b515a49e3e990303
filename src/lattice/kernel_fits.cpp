#include "hadronforce/lattice/kernel_fits.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hadronforce {
namespace {

/// Columns of a result behind its parameters.
enum Extra { loss, data_loss, residual, steps, converged, extras };

Eigen::RowVectorXd row_of(KernelFitResult const& result) {
    Eigen::Index const n = result.parameters.size();
    Eigen::RowVectorXd row(n + extras);
    row.head(n) = result.parameters.transpose();
    row.tail(extras) << result.loss, result.data_loss, result.residual, static_cast<double>(result.steps()),
        result.converged ? 1.0 : 0.0;
    return row;
}

void append(KernelFits& fits, Eigen::RowVectorXd const& row) {
    Eigen::Index const n = row.size() - extras;
    fits.parameters.conservativeResize(fits.done + 1, n);
    fits.parameters.row(fits.done) = row.head(n);
    fits.loss.push_back(row[n + loss]);
    fits.data_loss.push_back(row[n + data_loss]);
    fits.residual.push_back(row[n + residual]);
    fits.steps.push_back(std::llround(row[n + steps]));
    fits.converged.push_back(std::llround(row[n + converged]));
    ++fits.done;
}

/// The owner's curve, on every rank.
std::vector<KernelFitStep> broadcast_curve(Communicator const& comm, std::vector<KernelFitStep> const& own, int owner) {
    auto const size = comm.max(comm.rank() == owner ? static_cast<std::int64_t>(own.size()) : 0);
    RowMatrixXd rows(size, 5);
    if (comm.rank() == owner)
        for (std::size_t i = 0; i < own.size(); ++i)
            rows.row(static_cast<Eigen::Index>(i)) << static_cast<double>(own[i].step), own[i].residual, own[i].loss,
                own[i].damping, own[i].seconds;
    comm.broadcast(rows.data(), static_cast<std::size_t>(rows.size()), owner);
    std::vector<KernelFitStep> curve;
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
        curve.push_back({std::llround(rows(i, 0)), rows(i, 1), rows(i, 2), rows(i, 3), rows(i, 4)});
    return curve;
}

}  // namespace

std::int64_t KernelFits::best() const {
    std::int64_t best = -1;
    auto const better = [&](std::size_t a, std::size_t b) {
        return converged[a] != converged[b] ? converged[a] > converged[b] : loss[a] < loss[b];
    };
    for (std::size_t i = 0; i < loss.size(); ++i)
        if (std::isfinite(loss[i]) && (best < 0 || better(i, static_cast<std::size_t>(best))))
            best = static_cast<std::int64_t>(i);
    return best;
}

void fit_in_rounds(Communicator const& comm, std::string const& what, std::int64_t count, bool keeps_curve,
                   std::function<KernelFitResult(std::int64_t)> const& fit, KernelFitsCallbacks const& callbacks,
                   KernelFits& fits) {
    while (fits.done < count) {
        std::int64_t const first = fits.done, mine = first + comm.rank();
        auto const in_round = static_cast<int>(std::min<std::int64_t>(comm.size(), count - first));
        if (callbacks.before_round) {
            std::int64_t const begin = std::min(mine, count);
            callbacks.before_round({begin, std::min(begin + 1, count)});
        }
        Eigen::RowVectorXd row;
        std::vector<KernelFitStep> curve;
        std::optional<Failure> refused;
        bool stopped = false;
        if (mine < count) try {
                auto result = fit(mine);
                row = row_of(result);
                curve = std::move(result.curve);
            } catch (Stopped const&) {
                stopped = true;
            } catch (InputError const& error) {
                refused = Failure{fmt::format("{} {}: {}", what, mine, error.what()), true};
            }
        throw_if_any_failed(comm, refused);
        bool const asked = callbacks.should_stop && callbacks.should_stop();
        if (comm.max(std::int64_t{stopped}) != 0) throw Stopped{"run the same command with --resume"};
        auto const size = comm.max(std::int64_t{row.size()});
        for (int rank = 0; rank < in_round; ++rank) {
            Eigen::RowVectorXd of_rank = comm.rank() == rank ? row : Eigen::RowVectorXd(size);
            comm.broadcast(of_rank.data(), static_cast<std::size_t>(size), rank);
            append(fits, of_rank);
        }
        if (auto const best = fits.best(); keeps_curve && best >= first)
            fits.best_curve = broadcast_curve(comm, curve, static_cast<int>(best - first));
        if (callbacks.round_done) callbacks.round_done(fits);
        if (fits.done < count && comm.max(std::int64_t{asked}) != 0)
            throw Stopped{"run the same command with --resume"};
    }
}

void write_kernel_fits(File& file, std::string const& name, std::string const& axis, KernelFits const& fits) {
    auto const column = [&](char const* what, std::vector<double> const& values, char const* meaning) {
        file.write_vector(name + "/" + what, values, {"1", meaning, {axis}});
    };
    file.write_all(name + "/parameters", fits.parameters.topRows(fits.done), Precision::float64,
                   {"1", "weights and biases of f, g, v and the tail's parameters, fit by fit", {axis, "parameter"}});
    column("loss", fits.loss, "loss of each fit");
    column("data_loss", fits.data_loss, "its part from the data");
    column("residual", fits.residual, "relative residual");
    column("steps", {fits.steps.begin(), fits.steps.end()}, "steps of the fit");
    column("converged", {fits.converged.begin(), fits.converged.end()}, "1 where it converged, else 0: not to be used");
}

KernelFits read_kernel_fits(File const& file, std::string const& name, Eigen::Index parameters) {
    KernelFits fits;
    RowMatrixXd const rows = file.read_all(name + "/parameters");
    RowMatrixXd columns(rows.rows(), static_cast<Eigen::Index>(extras));
    Eigen::Index next = 0;
    bool fit_together = rows.cols() == parameters;
    for (char const* column : {"loss", "data_loss", "residual", "steps", "converged"}) {
        // Files of format 1 have no losses.
        bool const may_be_missing = next <= data_loss && !file.has(name + "/" + column);
        RowMatrixXd const values =
            may_be_missing ? RowMatrixXd::Zero(rows.rows(), 1) : file.read_all(name + "/" + column);
        if (values.rows() == rows.rows() && values.cols() == 1)
            columns.col(next) = values;
        else
            fit_together = false;
        ++next;
    }
    agree(file.comm(), [&] {
        if (!fit_together || !rows.allFinite() ||
            ((columns.col(converged).array() != 0.0) && (columns.col(converged).array() != 1.0)).any())
            throw InputError(file.path() + ":" + name + ": does not fit the network; fit the kernel again");
    });
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
        Eigen::RowVectorXd row(parameters + extras);
        row << rows.row(i), columns.row(i);
        append(fits, row);
    }
    return fits;
}

}  // namespace hadronforce
