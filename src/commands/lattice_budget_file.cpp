#include "commands/lattice_budget_output.hpp"

#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t budget_format_version = 1;

RowMatrixXd own_rows(Communicator const& comm, RowMatrixXd const& all) {
    auto const share = share_of(all.rows(), comm.rank(), comm.size());
    return all.middleRows(share.begin, share.size());
}

void write_models(File& file, BudgetResult const& result) {
    auto const models = static_cast<Eigen::Index>(result.models.size());
    auto const& factors = result.config.factors;
    RowMatrixXd choices(models, static_cast<Eigen::Index>(factors.size()));
    RowMatrixXd values = RowMatrixXd::Constant(models, result.places().count(), std::nan(""));
    RowMatrixXd error = values, starts = values;
    std::vector<double> weight(result.models.size()), chi2, expected, points, parameters, per_point, converged;
    for (std::size_t i = 0; i < result.of_grid.size(); ++i)
        weight[result.of_grid[i]] = result.grid.weights[static_cast<Eigen::Index>(i)];
    for (std::size_t m = 0; m < result.models.size(); ++m) {
        auto const row = static_cast<Eigen::Index>(m);
        for (std::size_t f = 0; f < factors.size(); ++f)
            choices(row, static_cast<Eigen::Index>(f)) = result.config.models[m].choices[f];
        auto const& model = result.models[m];
        chi2.push_back(model ? model->quality.chi2 : std::nan(""));
        expected.push_back(model ? model->quality.expected : std::nan(""));
        points.push_back(model ? model->quality.points : std::nan(""));
        parameters.push_back(model ? model->quality.parameters : std::nan(""));
        per_point.push_back(model ? model->chi2_per_point : std::nan(""));
        converged.push_back(model && model->converged ? 1.0 : 0.0);
        if (!model) continue;
        values.row(row) = model->values;
        starts.row(row) = model->other_starts.cwiseSqrt();
        std::vector<Eigen::Index> kept;
        for (Eigen::Index i = 0; i < model->samples.rows(); ++i)
            if (model->samples_converged[i] != 0.0) kept.push_back(i);
        RowMatrixXd const samples = model->samples(kept, Eigen::all);
        if (samples.rows() >= 2)
            error.row(row) = mean_and_error(file.comm(), result.grid.kind, samples.rows(),
                                            own_rows(file.comm(), samples), model->samples.rows() - samples.rows())
                                 .error;
    }
    if (!factors.empty())
        file.write_all("/models/choices", choices, Precision::float64,
                       {"1", "level of each factor; 0: as the config has it", {"model", "factor"}});
    auto const column = [&](char const* name, std::vector<double> const& numbers, char const* description) {
        file.write_vector(std::string("/models/") + name, numbers, {"1", description, {"model"}});
    };
    column("weight", weight, "in all averages");
    column("chi2", chi2, "correlated, with a shrunk covariance");
    column("expected_chi2", expected, "what the noise alone makes it");
    column("points", points, "independent points: chi2 expected if nothing were fitted");
    column("parameters", parameters, "what the fit takes of them");
    column("chi2_per_point", per_point, "without correlations");
    column("converged", converged, "1 where the fit of the mean did");
    auto const places = result.places();
    Eigen::Index const samples = result.grid.samples[0].rows();
    RowMatrixXd of_samples = RowMatrixXd::Constant(models, samples * places.potential(), std::nan(""));
    for (std::size_t i = 0; i < result.of_grid.size(); ++i) {
        RowMatrixXd const part = result.grid.samples[i].leftCols(places.potential());
        of_samples.row(static_cast<Eigen::Index>(result.of_grid[i])) = part.reshaped<Eigen::RowMajor>().transpose();
    }
    file.create_dataset(
        "/models/samples", {models, samples, places.potential()}, Precision::float64,
        {"1",
         "a0 in fm, 1/a0 in 1/fm, r_eff in fm, E in MeV (0: no bound state), delta in rad of each sample that "
         "converged in all models",
         {"model", "sample", "quantity"}});
    file.write_rows("/models/samples", share_of(models, file.comm().rank(), file.comm().size()),
                    own_rows(file.comm(), of_samples));
    for (auto const& group : groups_of(result)) {
        std::string const name = std::string("/models/") + group.name;
        RowMatrixXd const part = values.middleCols(group.begin, group.size);
        RowMatrixXd const errors = error.middleCols(group.begin, group.size);
        file.write_all(name, part, Precision::float64, {group.unit, group.description, {"model", group.axis}});
        RowMatrixXd const of_starts = starts.middleCols(group.begin, group.size);
        file.write_all(name + "_starts", of_starts, Precision::float64,
                       {group.unit, "its error from the starts", {"model", group.axis}});
        file.write_all(name + "_error", errors, Precision::float64,
                       {group.unit, "its error from the samples", {"model", group.axis}});
    }
}

}  // namespace

void write_budget(Communicator const& comm, std::string const& path, std::string const& config,
                  BudgetResult const& result) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"lattice_budget", budget_format_version, config, 0});
    std::vector<std::string> names;
    for (auto const& factor : result.config.factors) names.push_back(factor.name);
    file.set_attribute("/", "resampling", name_of(result.grid.kind));
    file.set_attribute("/", "factors", names);
    for (std::size_t f = 0; f < names.size(); ++f)
        file.set_attribute("/", fmt::format("levels_{}", f), result.config.factors[f].levels);
    file.set_attribute("/", "samples_left_out", static_cast<std::int64_t>(result.samples_left_out.size()));
    file.set_attribute("/", "weight_of_bound", result.bound);
    file.set_attribute("/", "misfit", result.misfit);
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description, char const* axis) {
        file.write_vector("/" + name, {values.begin(), values.end()}, {unit, description, {axis}});
    };
    column("k_star_MeV", result.config.momenta_MeV, "MeV/c", "relative momentum", "k");
    column("r_fm", result.config.radii_fm, "fm", "radius", "r");
    auto const& budget = result.budget;
    for (auto const& group : groups_of(result)) {
        auto const part = [&](char const* suffix, Eigen::RowVectorXd const& row, char const* description) {
            column(group.name + std::string(suffix), row.segment(group.begin, group.size).transpose().array(),
                   group.unit, description, group.axis);
        };
        part("", budget.value, group.description);
        part("_statistical", budget.statistical, "error of the average over models, from the samples");
        part("_starts", budget.starts, "error from the starts of each fit");
        part("_total", budget.total, "all in quadrature");
        part("_up", budget.up, "systematic errors and starts, of models above the average");
        part("_down", budget.down, "systematic errors and starts, of models below the average");
        if (names.empty()) continue;
        RowMatrixXd const systematic = budget.systematic.middleCols(group.begin, group.size);
        RowMatrixXd const spread = budget.spread.middleCols(group.begin, group.size);
        file.write_all(std::string("/") + group.name + "_systematic", systematic, Precision::float64,
                       {group.unit, "error from each factor", {"factor", group.axis}});
        file.write_all(std::string("/") + group.name + "_spread", spread, Precision::float64,
                       {group.unit, "the same with what noise spreads", {"factor", group.axis}});
    }
    RowMatrixXd samples = RowMatrixXd::Zero(result.grid.samples[0].rows(), result.grid.values.cols());
    for (std::size_t i = 0; i < result.of_grid.size(); ++i)
        samples += result.grid.weights[static_cast<Eigen::Index>(i)] * result.grid.samples[i];
    for (auto const& group : groups_of(result)) {
        RowMatrixXd const part = samples.middleCols(group.begin, group.size);
        file.write_all(
            std::string("/samples/") + group.name, part, Precision::float64,
            {group.unit, "average over the models, of each sample that converged in all", {"sample", group.axis}});
    }
    write_models(file, result);
    file.close();
}

}  // namespace hadronforce
