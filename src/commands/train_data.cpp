#include "commands/train_data.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parameters/parameter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hadronforce {
namespace {

// Means and principal components are stable long before this many samples; every rank reads the same ones.
constexpr std::int64_t statistics_samples = 50000;
constexpr std::int64_t statistics_numbers = 30000000;  // 240 MB
constexpr std::int64_t most_momenta = 5000;            // the covariance of so many has 200 MB

/// Columns of the targets among the dataset's parameters; all where none are named.
std::vector<Eigen::Index> target_columns(Section const& root, std::vector<std::string> const& targets,
                                         std::vector<std::string> const& names) {
    std::vector<Eigen::Index> columns;
    for (auto const& target : targets) {
        auto const found =
            std::find_if(names.begin(), names.end(), [&](auto const& name) { return same_parameter(name, target); });
        if (found == names.end())
            root.section("dataset").fail("targets",
                                         fmt::format("names {}; the dataset has {}", target, fmt::join(names, ", ")));
        columns.push_back(found - names.begin());
    }
    for (Eigen::Index i = 0; targets.empty() && i < static_cast<Eigen::Index>(names.size()); ++i) columns.push_back(i);
    return columns;
}

RowMatrixXd targets_of(DatasetFile const& dataset, IndexRange rows, std::vector<Eigen::Index> const& columns) {
    return dataset.parameters(rows)(Eigen::all, columns);
}

}  // namespace

TrainingData read_training_data(Communicator const& comm, Section const& root, TrainConfig const& c,
                                DatasetFile const& dataset) {
    std::int64_t const fitted = c.training_samples + c.validation_samples;
    if (fitted >= dataset.samples())
        root.section("dataset").fail(
            "training_samples",
            fmt::format("and validation_samples make {}, and {} has {} samples; leave some for the test", fitted,
                        c.dataset, dataset.samples()));
    auto const columns = target_columns(root, c.targets, dataset.names());
    std::vector<std::string> names, units;
    for (auto column : columns) {
        names.push_back(dataset.names()[static_cast<std::size_t>(column)]);
        units.push_back(dataset.units()[static_cast<std::size_t>(column)]);
    }

    auto const momenta = static_cast<std::int64_t>(dataset.k_star_MeV().size());
    if (momenta > most_momenta)
        throw InputError(fmt::format("{}: has {} k*, too many for principal components; at most {}", c.dataset, momenta,
                                     most_momenta));
    IndexRange const statistics{
        0, std::min({c.training_samples, statistics_samples, std::max<std::int64_t>(2, statistics_numbers / momenta)})};
    auto const statistics_correlation = dataset.correlation(statistics);
    auto const statistics_targets = targets_of(dataset, statistics, columns);
    TrainingData data;
    agree(comm, [&] {
        data.features = make_feature_transform(dataset.k_star_MeV(), statistics_correlation, c.logarithm,
                                               c.smallest_variance, c.most_components);
        data.targets = make_target_transform(names, units, statistics_targets);
    });
    auto const shard_of = [&](std::int64_t first, std::int64_t count) {
        Shard shard{share_of(count, comm.rank(), comm.size()), count, {}, {}};
        IndexRange const rows{shard.rows.begin + first, shard.rows.end + first};
        auto const correlation = dataset.correlation(rows);
        auto const values = targets_of(dataset, rows, columns);
        agree(comm, [&] {
            shard.inputs = data.features.features(correlation);
            shard.targets = data.targets.standardised(values);
        });
        return shard;
    };
    data.training = shard_of(0, c.training_samples);
    data.validation = shard_of(c.training_samples, c.validation_samples);
    data.test = shard_of(fitted, dataset.samples() - fitted);
    return data;
}

}  // namespace hadronforce
