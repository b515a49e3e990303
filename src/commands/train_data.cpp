#include "commands/train_data.hpp"

#include "commands/dataset_family.hpp"
#include "commands/train_targets.hpp"
#include "hadronforce/dataset/fresh_samples.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/learning/network_forms.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {
namespace {

// Means and principal components are stable long before this many samples; every rank has the same ones.
constexpr std::int64_t statistics_samples = 50000;
constexpr std::int64_t statistics_numbers = 30000000;  // 240 MB
constexpr std::int64_t most_momenta = 5000;            // the covariance of so many has 200 MB
constexpr Eigen::Index most_of_points = 5000;          // each is a thousand numbers

SampleValues at_equal_steps(SampleValues const& all, Eigen::Index most) {
    auto const samples = all.correlation.rows(), count = std::min(most, samples);
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = 0; i < count; ++i) rows.push_back(i * samples / count);
    return {all.parameters(rows, Eigen::all), all.correlation(rows, Eigen::all), all.numbers(rows, Eigen::all)};
}

/// What training begins with: the config, the files and what is learnt of their samples.
class Preparation {
  public:
    Preparation(Communicator const& comm, Section const& root, TrainConfig const& c, DatasetFiles& files)
        : comm_(comm),
          root_(root),
          c_(c),
          files_(files),
          learnt_(learnt_values(root.section("dataset"), c.targets, files.first())),
          solves_(c.training_from == "solve"),
          stored_(solves_ ? 0 : c.training_samples) {
        check_sizes();
        auto const momenta = static_cast<std::int64_t>(files.first().k_star_MeV().size());
        statistics_ =
            std::min({c.training_samples, statistics_samples, std::max<std::int64_t>(2, statistics_numbers / momenta)});
        if (!solves_) return;
        family_ = family_of_dataset(root, files.first(), comm);
        precision_ = precision_of(files.first());
    }

    TrainingData data() {
        auto const statistics =
            solves_ ? FreshSamples(*family_, c_.training.seed, precision_).solve_together(comm_, {0, statistics_})
                    : spread_samples(statistics_);
        // Points are many numbers, and their scales are known already.
        auto const few = std::min<Eigen::Index>(statistics.correlation.rows(),
                                                form_takes_points(c_.network.form) ? 2000 : statistics_samples);
        agree(comm_, [&] {
            data_.features = make_feature_transform(files_.first().k_star_MeV(), statistics.correlation, c_.logarithm,
                                                    c_.smallest_variance, c_.most_components, c_.contrast,
                                                    files_.first().measurements());
            auto const values = learnt_.of(statistics);
            if (!values.allFinite())
                throw InputError(c_.datasets.front() +
                                 ": has targets that are not finite, as at a threshold 1/a0 = 0 "
                                 "is for a0; learn their inverse");
            data_.targets = make_target_transform(learnt_.targets, values);
            if (form_takes_points(c_.network.form))
                data_.features = with_points(data_.features, *c_.views, statistics.correlation);
            data_.features.views = c_.views;
            if (c_.errors) {
                data_.references = make_references(statistics.correlation, data_.targets.standardised(values));
                data_.features =
                    with_errors(data_.features, *c_.errors, statistics.correlation.topRows(few), c_.training.seed);
            }
        });
        if (c_.training_from == "memory") {
            auto const stored = stored_of(0, stored_);
            data_.seen = data_.features.takes_points()       ? shard_of(at_equal_steps(statistics, most_of_points))
                         : data_.features.depends_on_sight() ? shard_of(0, stored_)
                                                             : stored;
            data_.batches =
                batches_in_memory(stored, c_.network.precision, data_.features.depends_on_sight() ? "cpu" : c_.device);
        } else {
            data_.seen =
                shard_of(data_.features.takes_points() ? at_equal_steps(statistics, most_of_points) : statistics);
            data_.batches = solves_ ? solved() : streamed();
        }
        if (data_.features.depends_on_sight())
            data_.batches = [plain = data_.batches, features = with_alike_batches(),
                             precision = c_.network.precision](std::int64_t seed) {
                return batches_at_sights(plain(seed), features, seed, precision);
            };
        data_.validation = shard_of(stored_, c_.validation_samples);
        auto const fitted = stored_ + c_.validation_samples;
        data_.test = shard_of(fitted, files_.samples() - fitted);
        return std::move(data_);
    }

  private:
    void check_sizes() const {
        auto const fitted = stored_ + c_.validation_samples;
        std::string const parts =
            solves_ ? fmt::format("is {}", fitted) : fmt::format("and validation_samples make {}", fitted);
        if (fitted >= files_.samples())
            root_.section("dataset").fail(
                solves_ ? "validation_samples" : "training_samples",
                fmt::format("{}, and {} has {} samples; leave some for the test", parts, named(), files_.samples()));
        auto const momenta = files_.first().k_star_MeV().size();
        if (momenta > most_momenta)
            throw InputError(fmt::format("{}: has {} k*, too many for principal components; at most {}",
                                         c_.datasets.front(), momenta, most_momenta));
    }

    /// So many of the training's, in pieces from all over it: files may be sorted.
    SampleValues spread_samples(std::int64_t count) const {
        std::int64_t const pieces = count < stored_ ? std::min<std::int64_t>(100, count) : 1;
        std::vector<SampleValues> parts;
        for (std::int64_t i = 0; i < pieces; ++i) {
            auto const begin = stored_ * i / pieces;
            parts.push_back(
                files_.read({begin, begin + share_of(count, static_cast<int>(i), static_cast<int>(pieces)).size()}));
        }
        return joined(parts);
    }

    /// Batches' sights have the same number of points; statistics and tests see as many numbers as samples.
    FeatureTransform with_alike_batches() const {
        auto features = data_.features;
        if (features.views) {
            features.views->sights_alike = c_.training.batch_size;
            features.views->sights_an_epoch = c_.training_samples;
        }
        return features;
    }

    std::string named() const {
        return c_.datasets.size() == 1 ? c_.datasets.front() : fmt::format("all of {} files", c_.datasets.size());
    }

    /// Samples as batches have them: of C that each sight sees in another way C itself.
    auto storing() const {
        return [features = data_.features, targets = data_.targets, of = learnt_.of](SampleValues const& samples) {
            return PreparedSamples{
                features.depends_on_sight() ? samples.correlation : features.features(samples.correlation),
                targets.standardised(of(samples))};
        };
    }

    /// This rank's share of samples of the files, as batches have them.
    Shard stored_of(std::int64_t first, std::int64_t count) const {
        auto const rows = share_of(count, comm_.rank(), comm_.size());
        auto const samples = files_.read({rows.begin + first, rows.end + first});
        PreparedSamples mine;
        agree(comm_, [&] { mine = storing()(samples); });
        return {rows, count, std::move(mine.inputs), std::move(mine.targets)};
    }

    /// The same as the network sees them: errors are drawn for sights of which training has none.
    Shard shard_of(std::int64_t first, std::int64_t count) const { return seen_once(stored_of(first, count), first); }

    /// This rank's share of samples that all have.
    Shard shard_of(SampleValues const& samples) const {
        auto const count = samples.correlation.rows();
        auto const rows = share_of(count, comm_.rank(), comm_.size());
        PreparedSamples mine;
        agree(comm_, [&] {
            mine = storing()({samples.parameters.middleRows(rows.begin, rows.size()),
                              samples.correlation.middleRows(rows.begin, rows.size()),
                              samples.numbers.middleRows(rows.begin, rows.size())});
        });
        return seen_once({rows, count, std::move(mine.inputs), std::move(mine.targets)}, 0);
    }

    Shard seen_once(Shard shard, std::int64_t first) const {
        if (!data_.features.depends_on_sight()) return shard;
        std::vector<std::int64_t> sights;
        for (auto row = shard.rows.begin; row < shard.rows.end; ++row) sights.push_back(-1 - first - row);
        agree(comm_,
              [&] { shard.inputs = features_at_sights(data_.features, shard.inputs, c_.training.seed, sights); });
        return shard;
    }

    BatchesOfSeed streamed() {
        files_.allow_reading_alone();
        auto const read = [&files = files_, prepare = storing()](IndexRange rows) {
            return prepare(files.read_alone(rows));
        };
        return [&comm = comm_, &c = c_, read](std::int64_t seed) {
            return streamed_batches(comm, read, c.training_samples, c.stream, seed, c.network.precision);
        };
    }

    BatchesOfSeed solved() const {
        return [&comm = comm_, &c = c_, family = *family_, precision = precision_,
                prepare = storing()](std::int64_t seed) {
            std::vector<SampleMaker> makers;
            for (std::int64_t i = 0; i < std::max<std::int64_t>(1, c.solver_threads); ++i)
                makers.emplace_back([fresh = std::make_shared<FreshSamples>(family, seed, precision)](
                                        IndexRange samples) { return fresh->solve(samples); });
            return made_batches(comm, std::move(makers), prepare, c.solver_threads == 0, c.training_samples,
                                c.network.precision);
        };
    }

    Communicator const& comm_;
    Section const& root_;
    TrainConfig const& c_;
    DatasetFiles& files_;
    LearntValues learnt_;
    bool solves_;
    std::int64_t stored_;  ///< training samples in the files
    std::int64_t statistics_ = 0;
    std::optional<SampleFamily> family_;
    Precision precision_ = Precision::float64;  ///< of C in the files
    TrainingData data_;
};

}  // namespace

TrainingData read_training_data(Communicator const& comm, Section const& root, TrainConfig const& config,
                                DatasetFiles& files) {
    return Preparation(comm, root, config, files).data();
}

}  // namespace hadronforce
