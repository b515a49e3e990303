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

/// About the fit's values; of a normal prior that of a uniform one as wide.
Eigen::VectorXd prior_widths(SampleFamily const& family, std::vector<Parameter> const& parameters,
                             Eigen::VectorXd const& values) {
    Eigen::VectorXd width(values.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto const& prior = family.free[i].prior;
        auto const at = static_cast<Eigen::Index>(i);
        width[at] =
            prior.kind == Prior::Kind::normal ? std::sqrt(12.0) * prior.second : prior_width(parameters[i], values[at]);
    }
    return width;
}

/// Of the fit's covariance, in the priors' widths.
double combinations_determined(Eigen::MatrixXd const& covariance, Eigen::VectorXd const& width) {
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
    auto const starts = [](std::int64_t const& number) {
        return number >= 0 && number <= 10000 ? "" : "must lie between 0 and 10000";
    };
    config.more_starts = static_cast<int>(section.optional<std::int64_t>("more_starts", 8, starts));
    config.most_starts = static_cast<int>(section.optional<std::int64_t>("most_starts", 128, starts));
    return config;
}

RefinedAnswers refined_answers(SampleFamily const& family, Model const& model, RefineConfig const& config,
                               SampleValues const& samples, RowMatrixXd const& answers, IndexRange rows,
                               std::int64_t total) {
    auto const count = rows.size(), n = samples.parameters.cols();
    RefinedAnswers result{rows,
                          total,
                          samples.parameters,
                          RowMatrixXd::Constant(count, n, std::nan("")),
                          RowMatrixXd::Constant(count, n, std::nan("")),
                          RowMatrixXd::Constant(count, n, std::nan("")),
                          RowMatrixXd::Constant(count, refined_columns, std::nan("")),
                          {}};
    auto const self = Communicator::self();
    FamilySolver solver = family.make_solver();
    for (Eigen::Index i = 0; i < count; ++i) {
        ExactFitData data{family.bins(), samples.correlation.row(i).transpose().array(), {}, 0.0};
        data.covariance = (config.error * data.correlation.max(1.0)).square().matrix().asDiagonal().toDenseMatrix();
        auto const worst_at = [&](Eigen::VectorXd const& values) {
            try {
                return worst_of(solver.in_bins(values), data);
            } catch (std::runtime_error const&) {  // it has no solution
                return std::nan("");
            }
        };
        Eigen::VectorXd const answer = answers.row(i).transpose();
        result.found(i, network_worst) = worst_at(answer);
        auto const parameters =
            fit_parameters(family, answer, model.targets.lowest.transpose(), model.targets.highest.transpose());
        Starts starts{config.more_starts};
        starts.at_most = config.most_starts;
        try {
            auto const fit = exact_fit(self, family, data, parameters, starts,
                                       [&](ExactFit const& found) { return worst_of(found.correlation, data) < 1.0; });
            result.parameters.row(i) = fit.values.transpose();
            result.errors.row(i) = fit.covariance.diagonal().cwiseSqrt().transpose();
            result.found(i, worst) = worst_of(fit.correlation, data);
            auto const width = prior_widths(family, parameters, fit.values);
            result.widths.row(i) = width.transpose();
            result.found(i, determined) = combinations_determined(fit.covariance, width);
            result.found(i, others) = 0.0;
            for (auto const& other : fit.others) {
                if (!(worst_at(other.values) < 1.0)) continue;
                result.found(i, others) += 1.0;
                result.same_c.push_back({rows.begin + i, other.values});
            }
        } catch (InputError const&) {
        } catch (ConvergenceError const&) {
        }
    }
    return result;
}

void report_refined(Communicator const& comm, TargetTransform const& targets, RefineConfig const& config,
                    RefinedAnswers const& refined) {
    auto const names = targets.names();
    auto const n = static_cast<Eigen::Index>(names.size());
    // By network, by fit, with other potentials, and by the number of combinations that are determined.
    Eigen::VectorXd counts = Eigen::VectorXd::Zero(3 + n + 1);
    std::vector<Eigen::Index> all;
    std::vector<std::vector<Eigen::Index>> determined_alone(names.size());
    for (Eigen::Index i = 0; i < refined.found.rows(); ++i) {
        auto const row = refined.found.row(i);
        counts[0] += row[network_worst] < 1.0 ? 1.0 : 0.0;
        counts[1] += row[worst] < 1.0 ? 1.0 : 0.0;
        counts[2] += row[others] > 0.0 ? 1.0 : 0.0;
        if (std::isnan(row[worst])) continue;
        counts[3 + static_cast<Eigen::Index>(row[determined])] += 1.0;
        all.push_back(i);
        for (Eigen::Index t = 0; t < n && row[worst] < 1.0 && row[others] == 0.0; ++t)
            if (refined.errors(i, t) < determined_part * refined.widths(i, t))
                determined_alone[static_cast<std::size_t>(t)].push_back(i);
    }
    comm.sum(counts.data(), static_cast<std::size_t>(counts.size()));
    auto const percent = [&](double count) { return 100.0 * count / static_cast<double>(refined.total); };
    say(comm,
        fmt::format("refined {} samples, each C as if known to {:.1e} max(1, C), from the network's answer and {} "
                    "other starts, up to {} where C was not met",
                    refined.total, config.error, config.more_starts, std::max(config.more_starts, config.most_starts)));
    say(comm, fmt::format("C is met everywhere within the error by {:.1f} % of the network's answers, {:.1f} % of the "
                          "fits; for {:.1f} % another potential was found that meets it too",
                          percent(counts[0]), percent(counts[1]), percent(counts[2])));
    for (Eigen::Index d = n; d >= 0; --d)
        if (counts[3 + d] > 0.0)
            say(comm,
                fmt::format("C determines {} combination{} of the parameters to a tenth of the priors in {:.1f} %", d,
                            d == 1 ? "" : "s", percent(counts[3 + d])));
    auto const r_squared = [&](std::vector<Eigen::Index> const& which) {
        return compare(comm, targets.coordinates(refined.truth(which, Eigen::all)),
                       targets.coordinates(refined.parameters(which, Eigen::all)))
            .r_squared;
    };
    if (auto const there = comm.sum(static_cast<std::int64_t>(all.size())); there >= 3) {
        auto const of_all = r_squared(all);
        std::string text = fmt::format("R^2 of all {}:", there);
        for (Eigen::Index t = 0; t < n; ++t)
            text += fmt::format("{} {} {:.6f}", t == 0 ? "" : ",", names[static_cast<std::size_t>(t)], of_all[t]);
        say(comm, text);
    }
    for (Eigen::Index t = 0; t < n; ++t) {
        auto const& which = determined_alone[static_cast<std::size_t>(t)];
        auto const there = comm.sum(static_cast<std::int64_t>(which.size()));
        auto const& name = names[static_cast<std::size_t>(t)];
        if (there >= 3)
            say(comm, fmt::format("{:<24} R^2 {:.6f} of the {} where C determines it to a tenth of its prior and no "
                                  "other potential was found",
                                  name, r_squared(which)[t], there));
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
    write("/refined/error", refined.errors, units_of(family.free),
          "standard errors of these, of C as if known to the error", "parameter");
    auto const here = static_cast<std::int64_t>(refined.same_c.size());
    std::vector<std::int64_t> counts(static_cast<std::size_t>(file.comm().size()), 0);
    counts[static_cast<std::size_t>(file.comm().rank())] = here;
    file.comm().sum(counts.data(), counts.size());
    std::int64_t first = 0, all = 0;
    for (int rank = 0; rank < file.comm().size(); ++rank) {
        if (rank < file.comm().rank()) first += counts[static_cast<std::size_t>(rank)];
        all += counts[static_cast<std::size_t>(rank)];
    }
    RowMatrixXd values(here, refined.parameters.cols()), sample(here, 1);
    for (Eigen::Index i = 0; i < here; ++i) {
        auto const& other = refined.same_c[static_cast<std::size_t>(i)];
        values.row(i) = other.values.transpose();
        sample(i, 0) = static_cast<double>(other.sample);
    }
    file.create_dataset(
        "/refined/other_parameters", {all, values.cols()}, Precision::float64,
        {units_of(family.free), "other parameters that meet C within the error", {"other", "parameter"}});
    file.create_dataset("/refined/other_sample", {all, 1}, Precision::float64,
                        {"1", "row of /refined/parameters whose C they meet", {"other", "column"}});
    file.write_rows("/refined/other_parameters", {first, first + here}, values);
    file.write_rows("/refined/other_sample", {first, first + here}, sample);
}

}  // namespace hadronforce
