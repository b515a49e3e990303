#include "commands/command.hpp"
#include "commands/fit_output.hpp"
#include "commands/output.hpp"
#include "hadronforce/fit/fit_checkpoint.hpp"
#include "hadronforce/fit/whitening.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/storage/file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <memory>

namespace hadronforce {
namespace {

FitResult fit_and_profile(Communicator const& comm, FitConfig const& config, Whitening const& whitening,
                          StopRequest const& stop, FinishedJobs& jobs) {
    auto const& bins = config.data.bins;
    MakeResiduals const make_residuals = [&]() -> Residuals {
        auto const model = std::make_shared<CorrelationModel>(config.make_model());
        return [&, model](Eigen::VectorXd const& parameters) {
            if (stop.on_this_rank()) throw Interrupted("stopped by a signal");
            return whitening.whiten((model->in_bins(parameters) - bins.correlation).matrix());
        };
    };
    FitResult result;
    auto parameters = config.parameters;
    result.fit = best_of_starts(comm, make_residuals, parameters, config.more_starts, config.seed, jobs);
    for (int round = 0; config.profile; ++round) {
        auto const found =
            profile(comm, make_residuals, parameters, result.fit, jobs, fmt::format("profile {}", round));
        result.profile = found.errors;
        if (!found.lower_minimum) break;
        if (round == 5) {
            say(comm, "warning: profiles keep finding a lower chi2; the fit is the best so far");
            break;
        }
        say(comm, "a profile met a lower chi2: the fit goes on from there");
        for (std::size_t i = 0; i < parameters.size(); ++i)
            parameters[i].start = (*found.lower_minimum)[static_cast<Eigen::Index>(i)];
        result.fit = best_of_starts(comm, make_residuals, parameters, 0, config.seed, jobs);
    }
    return result;
}

/// Where a fit stands that did not converge, and what has not been tried yet.
std::string advice(FitConfig const& config, LeastSquaresFit const& fit) {
    auto const& bins = config.data.bins;
    std::string text = "; it stands at";
    std::string unbounded;
    for (std::size_t i = 0; i < config.parameters.size(); ++i) {
        auto const& p = config.parameters[i];
        text += fmt::format("{} {} = {:.4g}", i == 0 ? "" : ",", p.name, fit.values[static_cast<Eigen::Index>(i)]);
        if (!std::isfinite(p.low) || !std::isfinite(p.high)) unbounded += (unbounded.empty() ? "" : ", ") + p.name;
    }
    Eigen::Index worst = 0;
    double const largest = fit.residuals.cwiseAbs().maxCoeff(&worst);
    if (!config.data.covariance && largest > 5.0)
        text += fmt::format("; the bin at {:.4g} MeV/c lies {:.3g} errors off, check {}", bins.k_star_MeV[worst],
                            largest, bins.where(worst));
    if (!unbounded.empty()) text += "; bound " + unbounded;
    return text + (config.more_starts == 0 ? "; try fit.more_starts" : "; give one of the parameters a value");
}

/// Model, band and residuals in the bins.
void draw(FitConfig const& config, Whitening const& whitening, FitResult& result) {
    auto const& bins = config.data.bins;
    CorrelationModel model = config.make_model();
    result.model = model.in_bins(result.fit.values);
    result.genuine = model.genuine_in_bins(result.fit.values);
    Eigen::MatrixXd const slopes = whitening.unwhiten(result.fit.jacobian);
    result.band = (slopes * result.fit.covariance).cwiseProduct(slopes).rowwise().sum().cwiseMax(0.0).cwiseSqrt();
    result.residuals = (bins.correlation - result.model) / config.data.variance.sqrt();
    result.degrees_of_freedom =
        static_cast<double>(bins.size() - result.fit.values.size() + result.fit.undetermined.cols());
    result.p_value = chi2_probability(result.fit.chi2, result.degrees_of_freedom);
}

}  // namespace

void run_fit(Config const& config, CommandOptions const& options, Communicator const& comm) {
    FitConfig const c = read_fit_config(config.root(), comm);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    StopRequest const stop;
    auto const& bins = c.data.bins;
    say(comm,
        fmt::format("fit: {}, {} parameters to {} bins of {} from {:.4g} to {:.4g} MeV/c", c.model.pair.name,
                    c.parameters.size(), bins.size(), bins.path, bins.k_low_MeV[0], bins.k_high_MeV[bins.size() - 1]));
    std::string const checkpoint = (c.file.empty() ? c.table : c.file) + ".checkpoint";
    auto const identity = identity_of(config, {"output", "allow"}, comm);
    FinishedJobs jobs;
    if (file_exists(comm, checkpoint)) {
        jobs = read_finished_jobs(comm, checkpoint, identity);
        say(comm, "goes on from " + checkpoint);
    }
    FitResult result;
    try {
        std::unique_ptr<Whitening> whitening;
        agree(comm, [&] {
            whitening = c.data.covariance ? std::make_unique<Whitening>(*c.data.covariance)
                                          : std::make_unique<Whitening>(c.data.variance);
        });
        result = fit_and_profile(comm, c, *whitening, stop, jobs);
        agree(comm, [&] { draw(c, *whitening, result); });
    } catch (NotConverged const& end) {
        throw ConvergenceError(end.what() + advice(c, end.fit));
    } catch (Interrupted const&) {
        write_atomically(comm, checkpoint,
                         [&](std::string const& temporary) { write_finished_jobs(comm, temporary, identity, jobs); });
        throw Stopped{"run the same command again"};
    }
    if (!c.file.empty())
        write_atomically(comm, c.file, [&](std::string const& temporary) {
            write_fit(comm, temporary, config.resolved(), c, result);
        });
    if (!c.table.empty()) write_text(comm, c.table, fit_table(c, result));
    agree_on_root(comm, [&] { std::remove(checkpoint.c_str()); });
    say(comm, fit_report(c, result));
    if (!c.table.empty()) say(comm, "table: " + c.table);
    if (!c.file.empty()) say(comm, "file: " + c.file);
}

}  // namespace hadronforce
