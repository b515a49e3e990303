#include "hadronforce/dataset/generator.hpp"

#include "dataset/begun_dataset.hpp"
#include "dataset/sample_rows.hpp"
#include "hadronforce/dataset/chosen_numbers.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

namespace hadronforce {
namespace {

Eigen::VectorXd parameters_of(SampleFamily const& family, DatasetSettings const& settings, std::int64_t index) {
    if (settings.design_points.size() == 0) return family.draw(static_cast<std::uint64_t>(settings.seed), index);
    return settings.design_points.row(index);
}

/// What a sample was, for the message about it.
std::string describe_sample(SampleFamily const& family, std::int64_t index, Eigen::VectorXd const& parameters) {
    std::string text = fmt::format("sample {}", index);
    for (std::size_t i = 0; i < family.free.size(); ++i)
        text += fmt::format(", {} = {}", family.free[i].name, parameters[static_cast<Eigen::Index>(i)]);
    return text;
}

/// Computes one sample into its row. Where it fails, the row holds NaN and the reason is returned.
std::optional<Failure> compute_sample(SampleFunction const& sample, Eigen::Index i, SampleRows& rows) {
    SampleRow row{rows.correlation.row(i), rows.observables.row(i), rows.curves.row(i)};
    std::optional<Failure> failure;
    try {
        sample(rows.parameters.row(i), row);
        if (!rows.correlation.row(i).allFinite()) failure = Failure{"C is not finite", false};
    } catch (InputError const& error) {
        failure = Failure{error.what(), true};
    } catch (std::runtime_error const& error) {
        failure = Failure{error.what(), false};
    }
    if (failure) {
        rows.correlation.row(i).setConstant(std::nan(""));
        rows.observables.row(i).setConstant(std::nan(""));
        rows.curves.row(i).setConstant(std::nan(""));
    }
    rows.recomputed_waves(i, 0) = failure ? 0.0 : row.recomputed_waves;
    rows.failed(i, 0) = failure ? 1.0 : 0.0;
    return failure;
}

SampleRows compute(SampleFamily const& family, DatasetSettings const& settings, SampleFunction const& sample,
                   IndexRange rows) {
    SampleRows block{
        RowMatrixXd(rows.size(), static_cast<Eigen::Index>(family.free.size())),
        RowMatrixXd(rows.size(), family.k_low_MeV().size()),
        RowMatrixXd(rows.size(), static_cast<Eigen::Index>(family.numbers().size())),
        RowMatrixXd(rows.size(), static_cast<Eigen::Index>(family.curves.size()) * family.k_low_MeV().size()),
        RowMatrixXd(rows.size(), 1),
        RowMatrixXd(rows.size(), 1)};
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        block.parameters.row(i) = parameters_of(family, settings, rows.begin + i);
        auto const failure = compute_sample(sample, i, block);
        if (!failure || settings.failures == Failures::mark) continue;
        auto const message = describe_sample(family, rows.begin + i, block.parameters.row(i)) + ": " + failure->message;
        if (failure->is_input_error) throw InputError(message);
        throw std::runtime_error(message);
    }
    return block;
}

/// How many samples failed, and why the first few did: rank 0 computes these once more, so that it is known after any
/// number of stops.
void report_failures(Communicator const& comm, SampleFamily const& family, DatasetSettings const& settings,
                     SampleFunction const& sample, std::vector<std::int64_t> const& failed, GenerateOutcome& outcome) {
    constexpr std::size_t most_reasons = 3;
    outcome.failed_samples = static_cast<std::int64_t>(failed.size());
    agree_on_root(comm, [&] {
        auto again = settings;
        again.failures = Failures::stop;
        for (std::size_t i = 0; i < std::min(most_reasons, failed.size()); ++i)
            if (auto const failure = failure_of([&] { compute(family, again, sample, {failed[i], failed[i] + 1}); }))
                outcome.first_failures.push_back(failure->message);
    });
}

}  // namespace

SampleFunction exact_solution(SampleFamily const& family) {
    auto const solver = std::make_shared<FamilySolver>(family.make_solver());
    auto const chosen = family.chosen.empty() ? nullptr : std::make_shared<ChosenNumbers const>(family);
    return [solver, chosen, kept = family.curves](Eigen::VectorXd const& parameters, SampleRow& row) {
        row.correlation = solver->in_bins(parameters).matrix();
        PairSolution const& genuine = solver->genuine(parameters);
        auto const of_pair = genuine.numbers.size();
        row.numbers.head(of_pair) = genuine.numbers.transpose();
        if (chosen) row.numbers.tail(row.numbers.size() - of_pair) = chosen->of(parameters).transpose();
        row.recomputed_waves = genuine.recomputed_waves;
        if (!kept.empty()) row.curves = solver->curves_in_middle(parameters, kept).matrix();
    };
}

GenerateOutcome generate_dataset(Communicator const& comm, SampleFamily const& family, DatasetSettings const& settings,
                                 SampleFunction const& sample,
                                 std::function<void(std::int64_t done, std::int64_t begun_at)> const& progress) {
    StopRequest const stop;
    std::string const part = settings.file + ".part";
    GenerateOutcome outcome;
    if (file_exists(comm, settings.file)) {
        check_identity(comm, settings.file, "exists and was made", settings.identity);
        outcome.was_complete = true;
        File const file(comm, settings.file, File::Mode::read);
        if (!file.has("/failed")) return outcome;  // of a version that had none
        auto const failed = failed_samples(file);
        if (!failed.empty() && settings.failures == Failures::stop)
            throw InputError(fmt::format("{}: has {} failed samples; take them by dataset.failures: mark, or remove it",
                                         settings.file, failed.size()));
        report_failures(comm, family, settings, sample, failed, outcome);
        return outcome;
    }
    bool const resumes = file_exists(comm, part);
    if (resumes) {
        check_identity(comm, part, "was begun", settings.identity);
        // Before it is opened for writing: there HDF5 makes all the chunks that a foreign dataset claims.
        File begun(comm, part, File::Mode::read);
        check_shapes(begun, family, settings);
        begun.close();
    } else {
        create_part(comm, family, settings);
    }

    File file(comm, part, File::Mode::read_write);
    auto const curves = names_of(family.kept_curves());
    std::vector<std::int64_t> finished;
    if (resumes)
        finished = finished_blocks(file, settings, curves);
    else
        finished.assign(static_cast<std::size_t>(blocks_of(settings.samples)), 0);
    auto const blocks = static_cast<std::int64_t>(finished.size());
    auto const is_finished = [&](std::int64_t block) { return finished[static_cast<std::size_t>(block)] != 0; };
    std::int64_t begun_at = 0;
    for (std::int64_t block = 0; block < blocks; ++block)
        if (is_finished(block)) begun_at += rows_of_blocks({block, block + 1}, settings.samples).size();

    // One block a rank at a time: large enough that solving outweighs the collective write, small enough that little is
    // lost.
    std::int64_t done = begun_at;
    for (std::int64_t begin = 0; begin < blocks;) {
        std::int64_t end = begin;
        while (end < blocks && end - begin < comm.size() && !is_finished(end)) ++end;
        if (begin == end) {
            ++begin;
            continue;
        }
        IndexRange const all = rows_of_blocks({begin, end}, settings.samples);
        IndexRange rows = share_of(all.size(), comm.rank(), comm.size());
        rows = {rows.begin + all.begin, rows.end + all.begin};
        SampleRows values;
        agree(comm, [&] { values = compute(family, settings, sample, rows); });
        write_sample_rows(file, rows, values, settings.precision, curves);
        done += all.size();
        begin = end;
        progress(done, begun_at);
        if (done < settings.samples && stop.on_any_rank(comm)) {
            file.close();
            throw Stopped{"run the same command again"};
        }
    }
    IndexRange const share = share_of(settings.samples, comm.rank(), comm.size());
    outcome.recomputed_samples =
        comm.sum(std::int64_t{(file.read_rows("/recomputed_waves", share).array() > 0.0).count()});
    report_failures(comm, family, settings, sample, failed_samples(file), outcome);
    if (outcome.failed_samples == settings.samples)
        throw InputError(
            fmt::format("every sample failed, {}", comm.broadcast(comm.is_root() ? outcome.first_failures.at(0) : "")));
    RowMatrixXd const count = RowMatrixXd::Constant(1, 1, static_cast<double>(outcome.failed_samples));
    IndexRange const own{0, comm.is_root() ? 1 : 0};
    file.write_rows("/failed_samples", own, count.topRows(own.size()));
    file.close();
    publish(comm, part, settings.file);
    return outcome;
}

}  // namespace hadronforce
