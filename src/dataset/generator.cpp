#include "hadronforce/dataset/generator.hpp"

#include "dataset/progress_record.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/dataset/unit_of_key.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"

#include <fmt/format.h>

#include <memory>

namespace hadronforce {
namespace {

std::string config_of(Communicator const& comm, std::string const& path) {
    File const file(comm, path, File::Mode::read);
    return read_provenance(file, "dataset", dataset_format_version).config;
}

/// All metadata, written under a third name so that a `.part` is always a file that can be opened. From then on only
/// raw data is written, which touches no metadata.
void create_part(Communicator const& comm, SampleFamily const& family, DatasetSettings const& settings) {
    std::string const fresh = settings.file + ".part.new";
    File file(comm, fresh, File::Mode::create);
    write_provenance(file, {"dataset", dataset_format_version, settings.config, settings.seed});
    auto const names = family.names();
    file.create_dataset("/parameters", {settings.samples, static_cast<std::int64_t>(names.size())}, Precision::float64,
                        {units_of_keys(names), "free parameters of each sample", {"sample", "parameter"}});
    file.set_attribute("/parameters", "names", names);
    std::vector<std::string> priors;
    for (auto const& parameter : family.free) priors.push_back(describe(parameter.prior));
    file.set_attribute("/parameters", "priors", priors);
    auto const observables = observable_names(family.model.pair);
    file.create_dataset("/observables", {settings.samples, static_cast<std::int64_t>(observables.size())},
                        Precision::float64,
                        {units_of_keys(observables),
                         "scattering length (k cot(delta) = -1/a0 + r_eff k^2/2), effective range, number of bound "
                         "states; of waves that are no neutral s-waves, and of coupled channels, phase shifts",
                         {"sample", "observable"}});
    file.set_attribute("/observables", "names", observables);
    file.create_dataset("/recomputed_waves", {settings.samples, 1}, Precision::float32,
                        {"1",
                         "waves that the finest grid did not bring to the tolerance, recomputed by adaptive steps",
                         {"sample", "number"}});
    auto const momenta = [&](char const* name, Eigen::ArrayXd const& k, char const* description) {
        file.write_vector(name, {k.begin(), k.end()}, {"MeV/c", description, {"k_star"}});
    };
    momenta("/k_star_MeV", family.k_star_MeV(), "relative momentum k* in the pair's rest frame");
    if ((family.k_high_MeV > family.k_low_MeV).any()) {
        momenta("/k_low_MeV", family.k_low_MeV, "lower edge of the bin over which C is averaged");
        momenta("/k_high_MeV", family.k_high_MeV, "upper edge of the bin over which C is averaged");
    }
    // The largest comes last: HDF5 survives it if a rank cannot write rows, but not if it cannot write metadata, which
    // this way lies in front of them.
    file.create_dataset("/correlation", {settings.samples, family.k_low_MeV.size()}, settings.precision,
                        {"1", "correlation function C(k*)", {"sample", "k_star"}});
    file.close();
    agree_on_root(comm, [&] { ProgressRecord(settings.file).remove(); });
    publish(comm, fresh, settings.file + ".part");
}

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

struct Block {
    RowMatrixXd parameters;
    RowMatrixXd correlation;
    RowMatrixXd observables;
    RowMatrixXd recomputed_waves;
};

Block compute(SampleFamily const& family, DatasetSettings const& settings, SampleFunction const& sample,
              IndexRange rows) {
    Block block{RowMatrixXd(rows.size(), static_cast<Eigen::Index>(family.free.size())),
                RowMatrixXd(rows.size(), family.k_low_MeV.size()),
                RowMatrixXd(rows.size(), static_cast<Eigen::Index>(observable_names(family.model.pair).size())),
                RowMatrixXd::Zero(rows.size(), 1)};
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        auto const values = parameters_of(family, settings, rows.begin + i);
        block.parameters.row(i) = values;
        try {
            sample(values, block.correlation.row(i), block.observables.row(i), block.recomputed_waves(i, 0));
        } catch (InputError const& error) {
            throw InputError(describe_sample(family, rows.begin + i, values) + ": " + error.what());
        } catch (std::exception const& error) {
            throw std::runtime_error(describe_sample(family, rows.begin + i, values) + ": " + error.what());
        }
    }
    return block;
}

}  // namespace

SampleFunction exact_solution(SampleFamily const& family) {
    auto const solver = std::make_shared<CorrelationModel>(family.make_solver());
    return [solver](Eigen::VectorXd const& parameters, Eigen::Ref<Eigen::RowVectorXd> correlation,
                    Eigen::Ref<Eigen::RowVectorXd> observables, double& recomputed_waves) {
        correlation = solver->in_bins(parameters).matrix();
        PairSolution const& genuine = solver->genuine(parameters);
        observables = genuine.observables;
        recomputed_waves = genuine.recomputed_waves;
    };
}

GenerateOutcome generate_dataset(Communicator const& comm, SampleFamily const& family, DatasetSettings const& settings,
                                 SampleFunction const& sample,
                                 std::function<void(std::int64_t done, std::int64_t begun_at)> const& progress) {
    std::string const part = settings.file + ".part";
    if (file_exists(comm, settings.file)) {
        if (config_of(comm, settings.file) == settings.config) return {true, 0};
        throw InputError(settings.file + ": exists and was made by another config; remove it or change dataset.file");
    }
    bool const resumes = file_exists(comm, part);
    if (resumes && config_of(comm, part) != settings.config)
        throw InputError(part + ": was begun by another config; remove it or change dataset.file");
    if (!resumes) create_part(comm, family, settings);

    ProgressRecord const record(settings.file);
    std::int64_t begun_at = comm.is_root() ? record.finished() : 0;
    comm.broadcast(&begun_at, 1);

    StopRequest const stop;
    File file(comm, part, File::Mode::read_write);
    // Large enough that solving outweighs the collective write, small enough that little is lost.
    std::int64_t const block_samples = std::int64_t{1024} * comm.size();
    for (std::int64_t done = begun_at; done < settings.samples;) {
        std::int64_t const end = std::min(settings.samples, done + block_samples);
        IndexRange rows = share_of(end - done, comm.rank(), comm.size());
        rows = {rows.begin + done, rows.end + done};
        Block block;
        agree(comm, [&] { block = compute(family, settings, sample, rows); });
        file.write_rows("/parameters", rows, block.parameters);
        file.write_rows("/correlation", rows, block.correlation);
        file.write_rows("/recomputed_waves", rows, block.recomputed_waves);
        if (block.observables.cols() > 0) file.write_rows("/observables", rows, block.observables);  // none: no force
        done = end;
        agree_on_root(comm, [&] { record.set_finished(done); });
        progress(done, begun_at);
        if (done < settings.samples && stop.on_any_rank(comm)) {
            file.close();
            throw Stopped{"run the same command again"};
        }
    }
    IndexRange const share = share_of(settings.samples, comm.rank(), comm.size());
    std::int64_t const recomputed =
        comm.sum(std::int64_t{(file.read_rows("/recomputed_waves", share).array() > 0.0).count()});
    file.close();
    publish(comm, part, settings.file);
    agree_on_root(comm, [&] { record.remove(); });
    return {false, recomputed};
}

}  // namespace hadronforce
