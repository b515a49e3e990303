#include "commands/refined_answers.hpp"

#include "commands/command.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/inference/exact_fit.hpp"
#include "hadronforce/learning/metrics.hpp"
#include "hadronforce/report/output.hpp"

#include <fmt/format.h>
#include <Eigen/Eigenvalues>

#include <cmath>

namespace hadronforce {
namespace {

constexpr double determined_part = 0.1;  ///< of a prior's width

/// Of the fit's covariance, in the priors' widths: the interval, of a normal prior that of a uniform one as wide.
double combinations_determined(Eigen::MatrixXd const& covariance, SampleFamily const& family,
                               std::vector<Parameter> const& parameters) {
    Eigen::VectorXd width(covariance.rows());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto const& prior = family.free[i].prior;
        width[static_cast<Eigen::Index>(i)] =
            prior.kind == Prior::Kind::normal ? std::sqrt(12.0) * prior.second : parameters[i].high - parameters[i].low;
    }
    Eigen::MatrixXd const scaled = width.cwiseInverse().asDiagonal() * covariance * width.cwiseInverse().asDiagonal();
    auto const variances = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(scaled).eigenvalues();
    return static_cast<double>((variances.array() < determined_part * determined_part).count());
}

double worst_of(Eigen::ArrayXd const& correlation, ExactFitData const& data) {
    return ((correlation - data.correlation).abs() / data.covariance.diagonal().array().sqrt()).maxCoeff();
}

}  // namespace

std::optional<RefineConfig> read_refine_config(Section const& root) {
    if (!root.has("refine")) return std::nullopt;
    Section const section = root.section("refine");
    RefineConfig config;
    config.samples = section.required<std::int64_t>("samples", at_least(1));
    config.error = section.required<double>("error", [](double const& error) {
        return error >= 1e-8 && error <= 1.0 ? "" : "must lie between 1e-8 and 1";
    });
    config.more_starts =
        static_cast<int>(section.optional<std::int64_t>("more_starts", 8, [](std::int64_t const& starts) {
            return starts >= 0 && starts <= 10000 ? "" : "must lie between 0 and 10000";
        }));
    return config;
}

RefinedAnswers refined_answers(SampleFamily const& family, Model const& model, RefineConfig const& config,
                               SampleValues const& samples, RowMatrixXd const& answers, IndexRange rows,
                               std::int64_t total) {
    auto const count = rows.size(), n = samples.parameters.cols();
    RefinedAnswers result{rows, total, samples.parameters, RowMatrixXd::Constant(count, n, std::nan("")),
                          RowMatrixXd::Constant(count, refined_columns, std::nan(""))};
    auto const self = Communicator::self();
    FamilySolver solver = family.make_solver();
    for (Eigen::Index i = 0; i < count; ++i) {
        ExactFitData data{family.bins(), samples.correlation.row(i).transpose().array(), {}, 0.0};
        data.covariance = (config.error * data.correlation.max(1.0)).square().matrix().asDiagonal().toDenseMatrix();
        Eigen::VectorXd const answer = answers.row(i).transpose();
        try {
            result.found(i, network_worst) = worst_of(solver.in_bins(answer), data);
        } catch (std::runtime_error const&) {  // the network's answer has no solution
        }
        auto const parameters =
            fit_parameters(family, answer, model.targets.lowest.transpose(), model.targets.highest.transpose());
        try {
            auto const fit = exact_fit(self, family, data, parameters, {config.more_starts});
            result.parameters.row(i) = fit.values.transpose();
            result.found(i, worst) = worst_of(fit.correlation, data);
            result.found(i, determined) = combinations_determined(fit.covariance, family, parameters);
            result.found(i, others) = static_cast<double>(fit.others.size());
        } catch (InputError const&) {
        } catch (ConvergenceError const&) {
        }
    }
    return result;
}

void report_refined(Communicator const& comm, SampleFamily const& family, RefineConfig const& config,
                    RefinedAnswers const& refined) {
    auto const names = family.names();
    auto const n = static_cast<Eigen::Index>(names.size());
    // By network, by fit, with other minima, and by the number of combinations that are determined.
    Eigen::VectorXd counts = Eigen::VectorXd::Zero(3 + n + 1);
    std::vector<Eigen::Index> all, fully;
    for (Eigen::Index i = 0; i < refined.found.rows(); ++i) {
        auto const row = refined.found.row(i);
        counts[0] += row[network_worst] < 1.0 ? 1.0 : 0.0;
        counts[1] += row[worst] < 1.0 ? 1.0 : 0.0;
        counts[2] += row[others] > 0.0 ? 1.0 : 0.0;
        if (std::isnan(row[worst])) continue;
        counts[3 + static_cast<Eigen::Index>(row[determined])] += 1.0;
        all.push_back(i);
        if (row[worst] < 1.0 && row[determined] == static_cast<double>(n)) fully.push_back(i);
    }
    comm.sum(counts.data(), static_cast<std::size_t>(counts.size()));
    auto const percent = [&](double count) { return 100.0 * count / static_cast<double>(refined.total); };
    say(comm,
        fmt::format("refined {} samples, each C as if known to {:.1e} max(1, C), from the network's answer and {} "
                    "other starts",
                    refined.total, config.error, config.more_starts));
    say(comm, fmt::format("C is met everywhere within the error by {:.1f} % of the network's answers, {:.1f} % of the "
                          "fits; {:.1f} % have another minimum",
                          percent(counts[0]), percent(counts[1]), percent(counts[2])));
    for (Eigen::Index d = n; d >= 0; --d)
        if (counts[3 + d] > 0.0)
            say(comm, fmt::format("C determines {} combinations of the parameters to a tenth of the priors in {:.1f} %",
                                  d, percent(counts[3 + d])));
    for (auto const& [title, which] : {std::pair{"all", all}, std::pair{"those met and fully determined", fully}}) {
        auto const there = comm.sum(static_cast<std::int64_t>(which.size()));
        if (there < 3) continue;
        auto const r_squared =
            compare(comm, refined.truth(which, Eigen::all), refined.parameters(which, Eigen::all)).r_squared;
        std::string text = fmt::format("R^2 of {} {}:", title, there);
        for (Eigen::Index t = 0; t < n; ++t)
            text += fmt::format("{} {} {:.6f}", t == 0 ? "" : ",", names[static_cast<std::size_t>(t)], r_squared[t]);
        say(comm, text);
    }
}

void write_refined(File& file, SampleFamily const& family, RefinedAnswers const& refined) {
    auto const write = [&](char const* name, RowMatrixXd const& values, std::string const& unit,
                           char const* description, char const* axis) {
        file.create_dataset(name, {refined.total, values.cols()}, Precision::float64,
                            {unit, description, {"sample", axis}});
        file.write_rows(name, refined.rows, values);
    };
    write("/refined/parameters", refined.parameters, units_of(family.free),
          "parameters that exact fits from the network's answers found; NaN where they failed", "parameter");
    file.set_attribute("/refined/parameters", "names", family.names());
    write("/refined/found", refined.found, "1",
          "the network's and the fit's largest deviation from C in errors; how many combinations of parameters are "
          "determined; other minima",
          "column");
}

}  // namespace hadronforce
