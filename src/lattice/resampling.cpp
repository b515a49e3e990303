#include "hadronforce/lattice/resampling.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/ordered_sum.hpp"

#include <Random123/philox.h>
#include <fmt/format.h>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

/// Bins whose last configuration this rank holds, and their sums.
struct OwnBins {
    IndexRange bins;
    RowMatrixXd sums;
};

/// A bin that began on an earlier rank comes from there with what was added so far; one that goes on beyond this rank
/// is passed on. Terms are added in the order of configurations.
OwnBins bin_sums(Communicator const& comm, std::int64_t bin_size, std::int64_t configurations, RowMatrixXd const& own) {
    auto const share = share_of(configurations, comm.rank(), comm.size());
    Eigen::RowVectorXd running = Eigen::RowVectorXd::Zero(own.cols());
    auto const count = static_cast<std::size_t>(own.cols());
    OwnBins result{{share.begin / bin_size, share.end / bin_size}, {}};
    result.sums.resize(result.bins.size(), own.cols());
    if (share.size() > 0 && share.begin % bin_size != 0) receive(comm, running.data(), count, comm.rank() - 1);
    for (std::int64_t c = share.begin; c < share.end; ++c) {
        running += own.row(c - share.begin);
        if ((c + 1) % bin_size != 0) continue;
        result.sums.row(c / bin_size - result.bins.begin) = running;
        running.setZero();
    }
    if (share.size() > 0 && share.end % bin_size != 0) send(comm, running.data(), count, comm.rank() + 1);
    return result;
}

Eigen::RowVectorXd ordered_column_sums(Communicator const& comm, RowMatrixXd const& own) {
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(own.cols());
    add_in_rank_order(comm, sum.data(), static_cast<std::size_t>(sum.size()), [&] {
        for (Eigen::Index i = 0; i < own.rows(); ++i) sum += own.row(i);
    });
    return sum;
}

/// How often each bin occurs in a bootstrap sample: a function of (seed, sample) alone, by Philox4x32-10 (Salmon et
/// al., SC11).
std::vector<int> bootstrap_counts(std::int64_t seed, std::int64_t sample, std::int64_t bins) {
    auto const low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    auto const high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); };
    auto const s = static_cast<std::uint64_t>(sample), key = static_cast<std::uint64_t>(seed);
    std::vector<int> counts(static_cast<std::size_t>(bins), 0);
    for (std::int64_t draw = 0; draw < bins; ++draw) {
        auto const words =
            r123::Philox4x32()({{low(s), high(s), static_cast<std::uint32_t>(draw), 0}}, {{low(key), high(key)}});
        std::uint64_t const bits = static_cast<std::uint64_t>(words[0]) << 32U | words[1];
        __extension__ using Wide = unsigned __int128;
        ++counts[static_cast<std::size_t>(static_cast<Wide>(bits) * static_cast<std::uint64_t>(bins) >> 64U)];
    }
    return counts;
}

RowMatrixXd bootstrap_means(Communicator const& comm, Resampling const& resampling, std::int64_t configurations,
                            OwnBins const& own, IndexRange own_samples) {
    if (!resampling.seed) throw InputError("a bootstrap is drawn with a seed; none is given");
    RowMatrixXd means(own_samples.size(), own.sums.cols());
    // Blocks bound the memory; each passes once along the ranks.
    constexpr std::int64_t block = 16;
    std::int64_t const bins = configurations / resampling.bin_size;
    for (std::int64_t begin = 0; begin < resampling.bootstrap_samples; begin += block) {
        std::int64_t const end = std::min(resampling.bootstrap_samples, begin + block);
        RowMatrixXd sums = RowMatrixXd::Zero(end - begin, own.sums.cols());
        add_in_rank_order(comm, sums.data(), static_cast<std::size_t>(sums.size()), [&] {
            for (std::int64_t sample = begin; sample < end; ++sample) {
                auto const counts = bootstrap_counts(*resampling.seed, sample, bins);
                for (std::int64_t bin = own.bins.begin; bin < own.bins.end; ++bin)
                    sums.row(sample - begin) +=
                        counts[static_cast<std::size_t>(bin)] * own.sums.row(bin - own.bins.begin);
            }
        });
        for (std::int64_t sample = std::max(begin, own_samples.begin); sample < std::min(end, own_samples.end);
             ++sample)
            means.row(sample - own_samples.begin) = sums.row(sample - begin) / static_cast<double>(configurations);
    }
    return means;
}

}  // namespace

std::string name_of(Resampling::Kind kind) { return kind == Resampling::Kind::jackknife ? "jackknife" : "bootstrap"; }

std::int64_t sample_count(Resampling const& resampling, std::int64_t configurations) {
    if (resampling.bin_size < 1 || configurations % resampling.bin_size != 0)
        throw InputError(fmt::format(
            "{} configurations do not make bins of {}; take a bin size that divides, or "
            "leave out {} configurations",
            configurations, resampling.bin_size, resampling.bin_size < 1 ? 0 : configurations % resampling.bin_size));
    std::int64_t const bins = configurations / resampling.bin_size;
    if (bins < 2)
        throw InputError(fmt::format("{} configurations in bins of {} make {} bin; errors need at least two",
                                     configurations, resampling.bin_size, bins));
    if (resampling.kind == Resampling::Kind::bootstrap && resampling.bootstrap_samples < 2)
        throw InputError("a bootstrap needs at least two samples");
    return resampling.kind == Resampling::Kind::jackknife ? bins : resampling.bootstrap_samples;
}

SampleMeans resample(Communicator const& comm, Resampling const& resampling, std::int64_t configurations,
                     RowMatrixXd const& own) {
    std::int64_t const samples = sample_count(resampling, configurations);
    OwnBins bins = bin_sums(comm, resampling.bin_size, configurations, own);
    Eigen::RowVectorXd const total = ordered_column_sums(comm, bins.sums);
    SampleMeans result;
    result.ensemble_mean = total / static_cast<double>(configurations);
    if (resampling.kind == Resampling::Kind::bootstrap) {
        result.samples = share_of(samples, comm.rank(), comm.size());
        result.means = bootstrap_means(comm, resampling, configurations, bins, result.samples);
        return result;
    }
    result.samples = bins.bins;
    result.means = std::move(bins.sums);
    for (Eigen::Index i = 0; i < result.means.rows(); ++i)
        result.means.row(i) = (total - result.means.row(i)) / static_cast<double>(configurations - resampling.bin_size);
    return result;
}

double variance_factor(Resampling::Kind kind, std::int64_t samples, std::int64_t left_out) {
    auto const n = static_cast<double>(samples), all = static_cast<double>(samples + left_out);
    return kind == Resampling::Kind::jackknife ? (all - 1.0) * (all - 1.0) / (all * (n - 1.0)) : 1.0 / (n - 1.0);
}

MeanAndError mean_and_error(Communicator const& comm, Resampling::Kind kind, std::int64_t samples,
                            RowMatrixXd const& own, std::int64_t left_out) {
    auto const n = static_cast<double>(samples);
    MeanAndError result;
    result.mean = ordered_column_sums(comm, own) / n;
    RowMatrixXd const squares = (own.rowwise() - result.mean).array().square();
    result.error = (variance_factor(kind, samples, left_out) * ordered_column_sums(comm, squares)).array().sqrt();
    return result;
}

void check_bins_are_known(Resampling const& resampling, std::int64_t configurations) {
    if (resampling.kind != Resampling::Kind::bootstrap) return;
    if (!resampling.seed)
        throw InputError(
            "has bootstrap samples without bootstrap_seed, drawn by another program, so that the bins behind "
            "them are not known; give jackknife samples, or resample by lattice-import");
    std::int64_t const bins = configurations / resampling.bin_size;
    if (resampling.bootstrap_samples < 2 * bins)
        throw InputError(
            fmt::format("has {} bootstrap samples of {} bins, which do not tell what each bin says; it needs "
                        "at least {}",
                        resampling.bootstrap_samples, bins, 2 * bins));
}

RowMatrixXd bin_deviations(Resampling const& resampling, std::int64_t bins, std::vector<std::int64_t> const& samples,
                           RowMatrixXd const& values) {
    auto const n = static_cast<double>(bins);
    RowMatrixXd const deviations = values.rowwise() - values.colwise().mean();
    if (resampling.kind == Resampling::Kind::jackknife) return -(n - 1.0) * deviations;
    Eigen::MatrixXd parts(static_cast<Eigen::Index>(samples.size()), bins);  // of each bin in each sample
    for (std::size_t s = 0; s < samples.size(); ++s) {
        auto const counts = bootstrap_counts(*resampling.seed, samples[s], bins);
        for (std::int64_t bin = 0; bin < bins; ++bin)
            parts(static_cast<Eigen::Index>(s), bin) = counts[static_cast<std::size_t>(bin)] / n;
    }
    parts.rowwise() -= parts.colwise().mean().eval();
    RowMatrixXd of_bins = parts.completeOrthogonalDecomposition().solve(deviations);
    constexpr double most_left = 0.5;  // what is not linear is less
    if ((deviations - parts * of_bins).norm() > most_left * deviations.norm())
        throw InputError(
            "bootstrap samples are not those that bootstrap_seed draws of its bins; give the seed they "
            "were drawn with, or resample by lattice-import");
    of_bins.rowwise() -= of_bins.colwise().mean().eval();
    return of_bins;
}

}  // namespace hadronforce
