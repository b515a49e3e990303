#include "dataset/begun_dataset.hpp"

#include "dataset/sample_rows.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {

std::int64_t blocks_of(std::int64_t samples) { return (samples - 1) / block_samples + 1; }

IndexRange rows_of_blocks(IndexRange blocks, std::int64_t samples) {
    return {std::min(blocks.begin * block_samples, samples), std::min(blocks.end * block_samples, samples)};
}

void check_identity(Communicator const& comm, std::string const& path, char const* what_another_did,
                    RunIdentity const& identity) {
    File const file(comm, path, File::Mode::read);
    read_provenance(file, "dataset", dataset_format_version);
    auto const what = difference(file, identity);
    if (!what.empty())
        throw InputError(fmt::format("{}: {} by another config; remove it or change dataset.file ({})", path,
                                     what_another_did, what));
}

void create_part(Communicator const& comm, SampleFamily const& family, DatasetSettings const& settings) {
    std::string const fresh = settings.file + ".part.new";
    File file(comm, fresh, File::Mode::create);
    write_provenance(file, {"dataset", dataset_format_version, settings.identity.config, settings.seed});
    write_identity(file, settings.identity);
    auto const names = family.names();
    file.create_dataset("/parameters", {settings.samples, static_cast<std::int64_t>(names.size())}, Precision::float64,
                        {units_of(family.free), "free parameters of each sample", {"sample", "parameter"}});
    file.set_attribute("/parameters", "names", names);
    std::vector<std::string> priors;
    for (auto const& parameter : family.free) priors.push_back(describe(parameter.prior));
    file.set_attribute("/parameters", "priors", priors);
    auto const numbers = family.numbers();
    file.create_dataset("/observables", {settings.samples, static_cast<std::int64_t>(numbers.size())},
                        Precision::float64,
                        {units_of(numbers), "what is known of each solution beside C", {"sample", "observable"}});
    file.set_attribute("/observables", "names", names_of(numbers));
    file.set_attribute("/observables", "descriptions", descriptions_of(numbers));
    file.create_dataset("/recomputed_waves", {settings.samples, 1}, Precision::float32,
                        {"1",
                         "waves that the finest grid did not bring to the tolerance, recomputed by adaptive steps",
                         {"sample", "number"}});
    file.create_dataset(
        "/failed", {settings.samples, 1}, Precision::float32,
        {"1", "1 of a sample that could not be computed: C and observables are NaN", {"sample", "flag"}});
    file.create_dataset("/failed_samples", {1}, Precision::float64, {"1", "how many samples failed", {"number"}});
    file.create_dataset("/checksums", {settings.samples, checksum_columns}, Precision::float64,
                        {"1",
                         "1 + CRC-32 of sample number and row, of parameters, of correlation, and of observables, "
                         "recomputed_waves, failed and curves",
                         {"sample", "part"}});
    auto const momenta = [&](char const* name, Eigen::ArrayXd const& k, char const* description) {
        file.write_vector(name, {k.begin(), k.end()}, {"MeV/c", description, {"k_star"}});
    };
    momenta("/k_star_MeV", family.k_star_MeV(), "relative momentum k* in the pair's rest frame");
    if (auto const parts = family.parts(); parts != single_measurement(parts.total())) {
        file.set_attribute("/k_star_MeV", "measurements", parts.names);
        file.set_attribute("/k_star_MeV", "curves", parts.curves);
        file.set_attribute("/k_star_MeV", "sizes", std::vector<double>(parts.sizes.begin(), parts.sizes.end()));
    }
    if ((family.k_high_MeV() > family.k_low_MeV()).any()) {
        momenta("/k_low_MeV", family.k_low_MeV(), "lower edge of the bin over which C is averaged");
        momenta("/k_high_MeV", family.k_high_MeV(), "upper edge of the bin over which C is averaged");
    }
    auto const curves = family.kept_curves();
    if (!curves.empty()) file.set_attribute("/", "curves", names_of(curves));
    for (auto const& curve : curves)
        file.create_dataset("/curves/" + curve.name, {settings.samples, family.k_low_MeV().size()}, settings.precision,
                            {curve.unit, curve.description, {"sample", "k_star"}});
    // The largest comes last: HDF5 survives it if a rank cannot write rows, but not if it cannot write metadata, which
    // this way lies in front of them.
    file.create_dataset("/correlation", {settings.samples, family.k_low_MeV().size()}, settings.precision,
                        {"1", "correlation function C(k*)", {"sample", "k_star"}});
    file.close();
    publish(comm, fresh, settings.file + ".part");
}

void check_shapes(File const& file, SampleFamily const& family, DatasetSettings const& settings) {
    auto const names = family.names();
    auto const columns = [&](char const* name, std::size_t count) {
        return file.shape(name) == std::vector<std::int64_t>{settings.samples, static_cast<std::int64_t>(count)};
    };
    bool const fit = columns("/parameters", names.size()) &&
                     columns("/correlation", static_cast<std::size_t>(family.k_low_MeV().size())) &&
                     columns("/observables", family.numbers().size()) && columns("/checksums", checksum_columns) &&
                     columns("/failed", 1) && columns("/recomputed_waves", 1) &&
                     file.shape("/k_star_MeV") == std::vector<std::int64_t>{family.k_low_MeV().size()} &&
                     are_same_parameters(file.strings_attribute("/parameters", "names"), names);
    if (!fit) throw InputError(file.path() + ": was begun with other samples; remove it or change dataset.file");
}

std::vector<std::int64_t> finished_blocks(File const& file, DatasetSettings const& settings,
                                          std::vector<std::string> const& curves) {
    auto const& comm = file.comm();
    constexpr std::int64_t blocks_a_piece = 16;
    std::vector<std::int64_t> finished(static_cast<std::size_t>(blocks_of(settings.samples)), 0);
    auto const share = share_of(static_cast<std::int64_t>(finished.size()), comm.rank(), comm.size());
    auto const pieces = comm.max((share.size() + blocks_a_piece - 1) / blocks_a_piece);
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
        IndexRange const blocks{std::min(share.begin + piece * blocks_a_piece, share.end),
                                std::min(share.begin + (piece + 1) * blocks_a_piece, share.end)};
        IndexRange const rows = rows_of_blocks(blocks, settings.samples);
        auto const values = read_sample_rows(file, rows, curves);
        Eigen::Array<bool, Eigen::Dynamic, 1> ok = are_whole(file, rows, values);
        if (settings.failures == Failures::stop) ok = ok && values.failed.col(0).array() == 0.0;
        for (std::int64_t block = blocks.begin; block < blocks.end; ++block) {
            auto const of_block = rows_of_blocks({block, block + 1}, settings.samples);
            finished[static_cast<std::size_t>(block)] =
                ok.segment(of_block.begin - rows.begin, of_block.size()).all() ? 1 : 0;
        }
    }
    comm.sum(finished.data(), finished.size());
    return finished;
}

}  // namespace hadronforce
