#include "commands/command.hpp"
#include "commands/lattice_budget_output.hpp"
#include "hadronforce/fit/fit_checkpoint.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/report/progress.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace hadronforce {
namespace {

/// Models in the order in which they are dealt: those that take long first, so that ranks wait little at the end.
std::vector<std::size_t> by_work(std::vector<BudgetModel> const& models) {
    std::vector<std::size_t> order(models.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto const work = [&](std::size_t m) {
        auto const& c = models[m].config;
        double const points =
            std::pow(c.correlator->cut_fm, 3) * static_cast<double>(c.correlator->equation.times.size());
        return std::make_pair(c.network.latent > 0, points);
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return work(a) > work(b); });
    return order;
}

/// That the bins behind bootstrap samples are those that the file says, seen at some points.
void check_bins(CorrelatorFile const& correlator, std::string const& path) {
    auto const& ensemble = correlator.ensemble();
    if (ensemble.resampling.kind != Resampling::Kind::bootstrap) return;
    constexpr Eigen::Index seen = 50;
    std::vector<std::int64_t> samples(static_cast<std::size_t>(correlator.samples()));
    std::iota(samples.begin(), samples.end(), std::int64_t{0});
    RowMatrixXd const R = correlator.R({0, correlator.samples()});
    std::vector<Eigen::Index> columns;
    for (Eigen::Index i = 0; i < seen; ++i) columns.push_back(i * (R.cols() - 1) / (seen - 1));
    try {
        bin_deviations(ensemble.resampling, ensemble.configurations / ensemble.resampling.bin_size, samples,
                       R(Eigen::all, columns));
    } catch (InputError const& error) {
        throw InputError(path + ":/R: " + error.what());
    }
}

FinishedJobs read_checkpoint(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                             Eigen::Index models, Eigen::Index numbers) {
    auto jobs = read_finished_jobs(comm, path, identity);
    auto const found = jobs.tables.find("models");
    if (found == jobs.tables.end() || found->second.results().rows() != models ||
        found->second.results().cols() != numbers)
        throw InputError(path + ": is damaged, or of another version; remove it to begin anew");
    return jobs;
}

}  // namespace

void run_lattice_budget(Config const& config, CommandOptions const& options, Communicator const& comm) {
    auto const c = read_lattice_budget_config(config, comm);
    for (auto const& model : c.models) check_size(config.root(), model.config.network);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    Communicator const self = comm.split(comm.rank());
    CorrelatorFile const correlator(self, c.models[0].config.data_file);
    agree_on_root(comm, [&] { check_bins(correlator, c.models[0].config.data_file); });
    BudgetQuantities const places{c.momenta_MeV.size(), c.radii_fm.size()};
    Eigen::Index const samples = correlator.samples(), numbers = BudgetRow::size(samples, places.count());
    std::string const checkpoint = c.file + ".checkpoint";
    auto const identity = identity_of(config, {"output"}, comm);
    auto const count = static_cast<std::int64_t>(c.models.size());
    say(comm, fmt::format("lattice-budget: {} model{} of {}, {} samples, {} rank{}", count, count == 1 ? "" : "s",
                          c.models[0].config.data_file, samples, comm.size(), comm.size() == 1 ? "" : "s"));
    FinishedJobs jobs{{{"models", JobTable(count, numbers)}}};
    if (options.resume) {
        if (file_exists(comm, checkpoint)) {
            jobs = read_checkpoint(comm, checkpoint, identity, count, numbers);
            say(comm, fmt::format("goes on from {}: {:.0f} models are done", checkpoint,
                                  jobs.tables.at("models").done().sum()));
        } else
            say(comm, "no checkpoint yet: the grid starts from the beginning");
    }
    auto& table = jobs.tables.at("models");
    auto const order = by_work(c.models);
    StopRequest const stop;
    Progress progress(comm, "models", count);
    auto const before = static_cast<std::int64_t>(table.done().sum());
    try {
        table.work(
            comm,
            [&](Eigen::Index job) -> Eigen::VectorXd {
                auto const& model = c.models[order[static_cast<std::size_t>(job)]];
                try {
                    return work_out_model(self, model, c, [&] { return stop.on_this_rank(); }).packed();
                } catch (Stopped const&) {
                    throw Interrupted("stopped by a signal");
                } catch (InputError const& error) {
                    throw InputError(fmt::format("{} (with {})", error.what(), name_of(c.factors, model.choices)));
                } catch (std::runtime_error const&) {
                    return Eigen::VectorXd::Zero(numbers);
                }
            },
            [&] {
                write_atomically(comm, checkpoint, [&](std::string const& temporary) {
                    write_finished_jobs(comm, temporary, identity, jobs);
                });
                auto const done = static_cast<std::int64_t>(table.done().sum());
                progress.update(done, before);
                if (done < count && stop.on_any_rank(comm)) throw Stopped{"run the same command with --resume"};
            });
    } catch (Interrupted const&) {
        throw Stopped{"run the same command with --resume"};
    }

    std::vector<std::optional<BudgetRow>> models(c.models.size());
    for (std::size_t job = 0; job < order.size(); ++job) {
        Eigen::VectorXd const row = table.results().row(static_cast<Eigen::Index>(job)).transpose();
        if (!row.isZero(0.0)) models[order[job]] = BudgetRow::unpacked(row, samples, places.count());
    }
    auto const result = average_models(c, std::move(models), correlator.ensemble().resampling.kind);
    write_atomically(comm, c.file,
                     [&](std::string const& temporary) { write_budget(comm, temporary, config.resolved(), result); });
    if (!c.table.empty()) write_text(comm, c.table, budget_table(result));
    agree_on_root(comm, [&] { std::remove(checkpoint.c_str()); });
    say_budget(comm, result);
    if (!c.table.empty()) say(comm, "table: " + c.table);
    say(comm, "file: " + c.file);
}

}  // namespace hadronforce
