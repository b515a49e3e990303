#include "commands/command.hpp"
#include "commands/fit_output.hpp"
#include "commands/fit_report.hpp"
#include "hadronforce/fit/fit_checkpoint.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/storage/file.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>

namespace hadronforce {
namespace {

/// Residuals, and what a scan goes over.
ScanFunctions functions_of(FitConfig const& config, StopRequest const& stop) {
    auto const joint = std::make_shared<JointResiduals>(config.measurements, config.parameters);
    ScanFunctions functions;
    functions.residuals = [&stop, joint](Eigen::VectorXd const& parameters) {
        if (stop.on_this_rank()) throw Interrupted("stopped by a signal");
        return (*joint)(parameters);
    };
    for (auto const& axis : config.scan)
        functions.quantities.push_back([joint, axis](Eigen::VectorXd const& parameters) {
            return joint->model(axis.measurement).genuine(parameters).numbers[axis.quantity];
        });
    return functions;
}

FitResult fit_and_profile(Communicator const& comm, FitConfig const& config, StopRequest const& stop,
                          FinishedJobs& jobs) {
    MakeResiduals const make_residuals = [&] { return functions_of(config, stop).residuals; };
    FitResult result;
    auto parameters = config.parameters;
    auto const best = best_of_starts(comm, make_residuals, parameters, {config.more_starts, config.seed}, jobs);
    result.fit = best.fit;
    if (best.lower) {
        std::string where;
        for (std::size_t i = 0; i < parameters.size(); ++i)
            where += fmt::format("{}{} = {:.4g}", i == 0 ? "" : ", ", parameters[i].name,
                                 best.lower->values[static_cast<Eigen::Index>(i)]);
        warn(comm,
             fmt::format("a fit from another start ended lower, at chi2 = {:.6g} and {}, and did not converge; the "
                         "fit below is the best that did",
                         best.lower->chi2, where));
    }
    for (int round = 0; config.profile; ++round) {
        auto const found =
            profile(comm, make_residuals, parameters, result.fit, jobs, fmt::format("profile {}", round));
        result.profile = found.errors;
        if (!found.lower_minimum) break;
        if (round == 5) {
            warn(comm, "profiles keep finding a lower chi2; the fit is the best so far");
            break;
        }
        say(comm, "a profile met a lower chi2: the fit goes on from there");
        for (std::size_t i = 0; i < parameters.size(); ++i)
            parameters[i].start = (*found.lower_minimum)[static_cast<Eigen::Index>(i)];
        result.fit = best_of_starts(comm, make_residuals, parameters, {}, jobs).fit;
    }
    double const scatter = std::max(
        1.0, result.fit.chi2 /
                 std::max<double>(1.0, static_cast<double>(result.fit.residuals.size() - result.fit.values.size())));
    result.others =
        other_minima(best.ends, result.fit.values, result.fit.errors(), result.fit.chi2 + 9.0 * scatter, parameters);
    if (!config.scan.empty()) {
        std::vector<ScanAxis> axes;
        for (auto const& axis : config.scan) axes.push_back(axis.axis);
        result.scan = scan(
            comm, [&] { return functions_of(config, stop); }, config.parameters, result.fit, axes, jobs);
    }
    auto const should_stop = [&] { return stop.on_this_rank(); };
    if (config.bootstrap_samples > 0)
        result.bootstrap = bootstrap(comm, config.measurements, config.parameters, result.fit.values,
                                     config.bootstrap_samples, config.bootstrap_seed, should_stop, jobs);
    if (!config.variations.empty())
        result.variations = fit_variations(comm, config.measurements, config.parameters, result.fit.values,
                                           config.variations, should_stop, jobs);
    return result;
}

/// The bin that lies farthest off, where it is far.
std::string farthest_residual(FitConfig const& config, Eigen::VectorXd const& residuals) {
    std::string text;
    double largest = 5.0;
    Eigen::Index at = 0;
    for (auto const& measured : config.measurements) {
        auto const& bins = measured.data.bins;
        for (Eigen::Index i = 0; i < bins.size() && !measured.data.covariance; ++i) {
            double const deviation = std::fabs(residuals[at + i]);
            if (deviation <= largest) continue;
            largest = deviation;
            text = fmt::format("; the bin at {:.4g} MeV/c lies {:.3g} errors off, check {}", bins.k_star_MeV[i],
                               largest, bins.where(i));
        }
        at += bins.size();
    }
    return text;
}

/// Where a fit stands that did not converge, and what has not been tried yet.
std::string advice(FitConfig const& config, LeastSquaresFit const& fit) {
    std::string text = "; it stands at";
    std::string unbounded;
    for (std::size_t i = 0; i < config.parameters.size(); ++i) {
        auto const& p = config.parameters[i];
        text += fmt::format("{} {} = {:.4g}", i == 0 ? "" : ",", p.name, fit.values[static_cast<Eigen::Index>(i)]);
        if (!std::isfinite(p.low) || !std::isfinite(p.high)) unbounded += (unbounded.empty() ? "" : ", ") + p.name;
    }
    text += farthest_residual(config, fit.residuals);
    if (!unbounded.empty()) text += "; bound " + unbounded;
    return text + (config.more_starts == 0 ? "; try fit.more_starts" : "; give one of the parameters a value");
}

}  // namespace

void run_fit(Config const& config, CommandOptions const& options, Communicator const& comm) {
    FitConfig const c = read_fit_config(config, comm);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    StopRequest const stop;
    say(comm, fit_title(c));
    std::string const checkpoint = (c.file.empty() ? c.table : c.file) + ".checkpoint";
    auto const identity = identity_of(config, {"output", "allow"}, comm);
    FinishedJobs jobs;
    auto const save = [&] {
        write_atomically(comm, checkpoint,
                         [&](std::string const& temporary) { write_finished_jobs(comm, temporary, identity, jobs); });
    };
    if (file_exists(comm, checkpoint)) {
        jobs = read_finished_jobs(comm, checkpoint, identity);
        say(comm, "goes on from " + checkpoint);
    }
    using Clock = std::chrono::steady_clock;
    jobs.save = [&, last = Clock::now()]() mutable {
        constexpr double between_s = 20.0;
        if (comm.max(std::chrono::duration<double>(Clock::now() - last).count()) < between_s) return;
        save();
        last = Clock::now();
    };
    FitResult result;
    try {
        result = fit_and_profile(comm, c, stop, jobs);
        agree(comm, [&] { describe(c, result); });
    } catch (NotConverged const& end) {
        throw ConvergenceError(end.what() + advice(c, end.fit));
    } catch (Interrupted const&) {
        save();
        throw Stopped{"run the same command again"};
    }
    if (!c.file.empty())
        write_atomically(comm, c.file, [&](std::string const& temporary) {
            write_fit(comm, temporary, config.resolved(), c, result);
        });
    if (!c.table.empty()) write_text(comm, c.table, fit_table(c, result));
    if (!c.hepdata.empty()) write_text(comm, c.hepdata, fit_hepdata(c, result));
    if (!c.scan_table.empty()) write_text(comm, c.scan_table, scan_table(c, result));
    agree_on_root(comm, [&] { std::remove(checkpoint.c_str()); });
    say(comm, fit_report(c, result));
    if (!c.table.empty()) say(comm, "table: " + c.table);
    if (!c.hepdata.empty()) say(comm, "HEPData: " + c.hepdata);
    if (!c.scan_table.empty()) say(comm, "scan: " + c.scan_table);
    if (!c.file.empty()) say(comm, "file: " + c.file);
}

}  // namespace hadronforce
