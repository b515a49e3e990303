#include "commands/pca_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/setup/measured_config.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t most_momenta = 5000;  // moments of so many take 400 MB

/// Errors of the table at the dataset's k*, which must be among the middles of its bins.
Eigen::RowVectorXd read_errors(Section const& section, DatasetFile const& dataset, Communicator const& comm) {
    for (char const* key : {"covariance", "correlated"})
        if (section.has(key))
            section.fail(key,
                         "is for fits; principal components take each k* in units of its own error, as "
                         "errors.errors names them");
    auto const data = read_measured_data(section, comm);
    Eigen::ArrayXd const middle = 0.5 * (data.bins.k_low_MeV + data.bins.k_high_MeV);
    auto const& k = dataset.k_star_MeV();
    Eigen::RowVectorXd error(k.size());
    for (Eigen::Index i = 0; i < k.size(); ++i) {
        Eigen::Index nearest = 0;
        (middle - k[i]).abs().minCoeff(&nearest);
        if (std::fabs(middle[nearest] - k[i]) > 1e-6 * k[i])
            section.fail("file", fmt::format("has no bin around k* = {:.7g} MeV/c of {}; generate the dataset with "
                                             "momentum: {{from: {}}}",
                                             k[i], dataset.path(), data.bins.path));
        error[i] = std::sqrt(data.variance[nearest]);
    }
    return error;
}

}  // namespace

std::string read_pca_dataset(Section const& root) { return root.section("dataset").input("file"); }

PcaConfig read_pca_config(Section const& root, DatasetFile const& dataset, Communicator const& comm) {
    PcaConfig c;
    c.dataset = dataset.path();
    if (dataset.k_star_MeV().size() > most_momenta)
        throw InputError(fmt::format("{}: has {} k*, too many for principal components; at most {}", c.dataset,
                                     dataset.k_star_MeV().size(), most_momenta));
    Section const features = root.optional_section("features");
    c.input = features.optional<std::string>("input", "correlation",
                                             one_of({"correlation", "log_correlation", "relative_to_error"}));
    c.components = features.optional<std::int64_t>("components", 10, at_least(1));
    if (c.input == "relative_to_error") {
        if (features.has("errors") == features.has("relative_error"))
            features.fail("input",
                          "is relative_to_error, which needs either relative_error, an error in parts of the mean C, "
                          "or errors: {file: ...}, a measured table");
        if (features.has("errors"))
            c.error = read_errors(features.section("errors"), dataset, comm);
        else
            c.relative_error = features.required<double>("relative_error", between(1e-9, 1e9));
    }
    Section const output = root.section("output");
    c.file = output.output("file", OutputKind::hdf5);
    c.table = output.optional_output("table", OutputKind::text);
    c.scores = output.optional<bool>("scores", true);
    return c;
}

}  // namespace hadronforce
