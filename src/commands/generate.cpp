#include "commands/command.hpp"
#include "hadronforce/dataset/generator.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/progress.hpp"
#include "hadronforce/setup/dataset_config.hpp"
#include "hadronforce/setup/physics_config.hpp"
#include "hadronforce/storage/csv_table.hpp"
#include "hadronforce/storage/file_identity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace hadronforce {
namespace {

Eigen::Index column_of(CsvTable const& table, std::string const& parameter) {
    auto const found = std::find_if(table.names.begin(), table.names.end(),
                                    [&](auto const& name) { return same_parameter(name, parameter); });
    return found - table.names.begin();
}

/// Each design point must make a potential; the first that does not is named by its line.
void check_design(SampleFamily const& family, CsvTable const& table, RowMatrixXd const& points) {
    for (Eigen::Index i = 0; i < points.rows(); ++i) {
        try {
            family.pair().kind->check(family.model().numbers_of(points.row(i)));
            for (auto const& measurement : family.measurements)
                if (double const norm = measurement.model.normalisation.at(points.row(i)); norm <= 0.0)
                    throw InputError(fmt::format("normalisation = {} must be positive, as C is", norm));
        } catch (InputError const& error) {
            throw InputError(table.where(i) + ": " + error.what());
        }
    }
}

/// A dataset that a thousand disks like this one could not hold is a slip of the config.
void check_size(Section const& section, DatasetSettings const& settings, SampleFamily const& family,
                Communicator const& comm) {
    double const curves = 1.0 + static_cast<double>(family.curves.size());
    double const columns =
        curves * static_cast<double>(family.k_low_MeV().size()) + static_cast<double>(family.free.size());
    double const bytes = 8.0 * columns * static_cast<double>(settings.samples);
    agree_on_root(comm, [&] {
        auto const folder = std::filesystem::absolute(settings.file).parent_path();
        std::error_code unknown;
        auto const capacity = static_cast<double>(std::filesystem::space(folder, unknown).capacity);
        if (!unknown && bytes > 1000.0 * capacity)
            section.fail("samples", fmt::format("is {}; these need {:.3g} GB, and the disk of {} has {:.3g} GB",
                                                settings.samples, bytes / 1e9, settings.file, capacity / 1e9));
    });
}

/// What became of samples that could not be computed.
void say_failures(Communicator const& comm, GenerateOutcome const& outcome, std::int64_t samples) {
    if (outcome.failed_samples == 0) return;
    say(comm,
        fmt::format("{} of {} samples failed and are marked in /failed; the first:", outcome.failed_samples, samples));
    for (auto const& failure : outcome.first_failures) say(comm, "    " + failure);
}

}  // namespace

void run_generate(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const section = config.root().section("dataset");
    DatasetSettings settings;
    settings.file = followed(section.output("file", OutputKind::hdf5));
    settings.seed = section.optional<std::int64_t>("seed", 1, at_least(0));
    auto const precision = section.optional<std::string>("precision", "float64", one_of({"float32", "float64"}));
    settings.precision = precision == "float32" ? Precision::float32 : Precision::float64;
    auto const failures = section.optional<std::string>("failures", "mark", one_of({"mark", "stop"}));
    settings.failures = failures == "stop" ? Failures::stop : Failures::mark;

    CsvTable table;
    bool const has_design = section.has("parameters_from");
    if (has_design) {
        agree(comm, [&] { table = read_csv(section.input("parameters_from")); });
        settings.samples = table.values.rows();
    } else {
        settings.samples = section.required<std::int64_t>("samples", at_least(1));
    }
    SampleFamily family = read_sample_family(config.root(), comm, table.names);
    if (has_design) {
        settings.design_points.resize(settings.samples, static_cast<Eigen::Index>(family.free.size()));
        for (std::size_t i = 0; i < family.free.size(); ++i) {
            if (family.free[i].prior.kind != Prior::Kind::from_file)
                section.fail("parameters_from",
                             "lacks " + family.free[i].name + ", which has a prior; give it a number or a column");
            settings.design_points.col(static_cast<Eigen::Index>(i)) =
                table.values.col(column_of(table, family.free[i].name));
        }
        check_design(family, table, settings.design_points);
        if (settings.samples > 0)
            for (auto& measurement : family.measurements)
                measurement.model.typical = measurement.model.numbers_of(settings.design_points.row(0));
    }
    if (family.free.empty()) {
        char const* const interaction = config.root().has("coupled")    ? "coupled"
                                        : config.root().has("channels") ? "channels"
                                                                        : "potential";
        config.root().fail(interaction, "and all else are fixed; give a number a prior, {uniform: [low, high]}");
    }
    read_kept_values(section, family);
    check_size(section, settings, family, comm);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;
    settings.identity = identity_of(config, {"dataset.file", "dataset.failures", "allow"}, comm);

    say(comm,
        fmt::format(
            "generate: {} samples of {}, {} with {} free parameters, {}{} k* from {:.7g} to {:.7g} MeV/c, {} rank{}",
            settings.samples, family.pair().name, family.pair().kind->interaction_name(), family.free.size(),
            family.measurements.size() == 1 ? "" : fmt::format("{} measurements, ", family.measurements.size()),
            family.k_low_MeV().size(), family.k_star_MeV().minCoeff(), family.k_star_MeV().maxCoeff(), comm.size(),
            comm.size() == 1 ? "" : "s"));
    Progress progress(comm, "samples", settings.samples);
    auto const outcome =
        generate_dataset(comm, family, settings, exact_solution(family),
                         [&](std::int64_t done, std::int64_t begun_at) { progress.update(done, begun_at); });
    if (outcome.recomputed_samples > 0)
        say(comm, fmt::format("{} of {} samples were beyond the finest grid and were recomputed by adaptive steps",
                              outcome.recomputed_samples, settings.samples));
    say_failures(comm, outcome, settings.samples);
    say(comm, fmt::format(outcome.was_complete ? "dataset: {} was complete already" : "dataset: {}", settings.file));
}

}  // namespace hadronforce
