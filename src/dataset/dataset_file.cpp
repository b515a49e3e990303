#include "hadronforce/dataset/dataset_file.hpp"

#include "dataset/sample_rows.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/run_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace hadronforce {
namespace {

constexpr char const* part_names[] = {"/parameters", "/correlation", "/observables"};

std::vector<std::string> split_at_commas(std::string const& text) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');) {
        auto const begin = part.find_first_not_of(' ');
        parts.push_back(begin == std::string::npos ? "" : part.substr(begin));
    }
    return parts;
}

}  // namespace

DatasetFile::DatasetFile(Communicator const& comm, std::string const& path)
    : file_(comm, path, File::Mode::read), provenance_(read_provenance(file_, "dataset", dataset_format_version)) {
    names_ = file_.strings_attribute("/parameters", "names");
    units_ = split_at_commas(file_.string_attribute("/parameters", "unit"));
    if (file_.has_attribute("/parameters", "priors")) prior_texts_ = file_.strings_attribute("/parameters", "priors");
    auto const k_star = file_.read_all("/k_star_MeV");
    k_star_MeV_ = k_star.col(0).array();
    auto const parameters = file_.shape("/parameters");
    auto const correlation = file_.shape("/correlation");
    auto const observables = file_.shape("/observables");
    if (observables.size() == 2 && observables[1] > 0) {  // none without any wave
        number_names_ = file_.strings_attribute("/observables", "names");
        number_units_ = split_at_commas(file_.string_attribute("/observables", "unit"));
    }
    measurements_ = single_measurement(k_star_MeV_.size());
    if (file_.has_attribute("/k_star_MeV", "measurements")) {
        auto const sizes = file_.doubles_attribute("/k_star_MeV", "sizes");
        measurements_ = {file_.strings_attribute("/k_star_MeV", "measurements"),
                         {},
                         file_.strings_attribute("/k_star_MeV", "curves")};
        for (double const size : sizes) measurements_.sizes.push_back(std::llround(size));
    }
    agree(comm, [&] {
        bool const fits = parameters.size() == 2 && correlation.size() == 2 && observables.size() == 2 &&
                          parameters[0] == correlation[0] && parameters[0] == observables[0] &&
                          parameters[1] == static_cast<std::int64_t>(names_.size()) && units_.size() == names_.size() &&
                          correlation[1] == k_star_MeV_.size() && measurements_.total() == correlation[1] &&
                          measurements_.names.size() == measurements_.count() &&
                          measurements_.curves.size() == measurements_.count() &&
                          observables[1] == static_cast<std::int64_t>(number_names_.size()) &&
                          number_units_.size() == number_names_.size();
        if (!fits) throw InputError(path + ": its datasets do not fit together; generate it again");
        if (!k_star_MeV_.isFinite().all()) throw InputError(path + ":/k_star_MeV: is not finite; generate it again");
    });
    samples_in_file_ = parameters[0];
    if (!file_.has("/failed_samples")) return;  // of a version that marked none
    auto const failed = file_.shape("/failed");
    auto const count = file_.read_all("/failed_samples");
    agree(comm, [&] {
        if (failed != std::vector<std::int64_t>{samples_in_file_, 1} || count.size() != 1)
            throw InputError(path + ": its datasets do not fit together; generate it again");
    });
    if (count(0, 0) != 0.0) failed_ = hadronforce::failed_samples(file_);
    agree(comm, [&] {
        if (static_cast<double>(failed_.size()) != count(0, 0))
            throw InputError(fmt::format("{}: /failed marks {} samples and /failed_samples says {}; generate it again",
                                         path, failed_.size(), count(0, 0)));
    });
}

std::string DatasetFile::difference_to(DatasetFile const& other) const {
    if (names_ != other.names_) return "has other parameters";
    if (number_names_ != other.number_names_) return "has other quantities";
    if (measurements_.names != other.measurements_.names || measurements_.curves != other.measurements_.curves)
        return "has other measurements";
    if (measurements_ != other.measurements_ || k_star_MeV_.size() != other.k_star_MeV_.size() ||
        (k_star_MeV_ != other.k_star_MeV_).any())
        return "has other k*";
    auto identity = read_identity(other.file_);
    identity.ignored = {"dataset", "solver"};
    return difference(file_, identity);
}

std::string DatasetFile::difference_to_config(std::string const& config, std::vector<std::string> ignored) const {
    return difference(file_, {config, read_identity(file_).defaults, {}, std::move(ignored)});
}

std::int64_t DatasetFile::row_of(std::int64_t sample) const {
    std::int64_t row = sample;
    for (std::int64_t failed : failed_)
        if (failed <= row) ++row;
    return row;
}

IndexRange DatasetFile::rows_of(IndexRange samples) const {
    if (samples.size() == 0) return {0, 0};
    return {row_of(samples.begin), row_of(samples.end - 1) + 1};
}

RowMatrixXd DatasetFile::sound(ChecksumColumn part, IndexRange in_file, RowMatrixXd values,
                               RowMatrixXd const& sums) const {
    std::string const name = fmt::format("{}:{}", path(), part_names[part]);
    if (sums.size() > 0 && part != of_the_rest) {
        if (sums.cols() != checksum_columns)
            throw InputError(path() + ":/checksums: needs one column a part; generate the dataset again");
        Eigen::VectorXd const expected = checksums(values, in_file.begin);
        for (Eigen::Index i = 0; i < values.rows(); ++i)
            if (sums(i, static_cast<Eigen::Index>(part)) != expected[i])
                throw InputError(
                    fmt::format("{}: row {} is not what was written; generate the dataset again, or "
                                "delete /checksums where it was changed on purpose",
                                name, in_file.begin + i));
    }
    Eigen::Index kept = 0;
    for (Eigen::Index i = 0; i < values.rows(); ++i) {
        if (std::binary_search(failed_.begin(), failed_.end(), in_file.begin + i)) continue;
        if (part != of_the_rest && !values.row(i).allFinite())
            throw InputError(fmt::format("{}: row {} is not finite; generate it again", name, in_file.begin + i));
        if (kept != i) values.row(kept) = values.row(i);
        ++kept;
    }
    values.conservativeResize(kept, values.cols());
    return values;
}

RowMatrixXd DatasetFile::read(ChecksumColumn part, IndexRange rows) const {
    if (part == of_the_rest && number_names_.empty()) return RowMatrixXd(rows.size(), 0);
    auto const in_file = rows_of(rows);
    RowMatrixXd values = file_.read_rows(part_names[part], in_file), sums;
    if (part != of_the_rest && file_.has("/checksums")) sums = file_.read_rows("/checksums", in_file);
    agree(file_.comm(), [&] { values = sound(part, in_file, std::move(values), sums); });
    return values;
}

void DatasetFile::allow_reading_alone() {
    raw_.clear();
    for (auto const* name : part_names) raw_.emplace_back(file_, name);
    if (file_.has("/checksums")) raw_checksums_.emplace(file_, "/checksums");
}

RowMatrixXd DatasetFile::read_alone(ChecksumColumn part, IndexRange rows) const {
    auto const in_file = rows_of(rows);
    RowMatrixXd sums;
    if (raw_checksums_ && part != of_the_rest) sums = raw_checksums_->read(in_file);
    return sound(part, in_file, raw_.at(part).read(in_file), sums);
}

RowMatrixXd DatasetFile::parameters(IndexRange rows) const { return read(of_parameters, rows); }
RowMatrixXd DatasetFile::correlation(IndexRange rows) const { return read(of_correlation, rows); }
RowMatrixXd DatasetFile::numbers(IndexRange rows) const { return read(of_the_rest, rows); }
RowMatrixXd DatasetFile::parameters_alone(IndexRange rows) const { return read_alone(of_parameters, rows); }
RowMatrixXd DatasetFile::correlation_alone(IndexRange rows) const { return read_alone(of_correlation, rows); }
RowMatrixXd DatasetFile::numbers_alone(IndexRange rows) const { return read_alone(of_the_rest, rows); }

}  // namespace hadronforce
