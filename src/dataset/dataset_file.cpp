#include "hadronforce/dataset/dataset_file.hpp"

#include "dataset/sample_rows.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace hadronforce {

DatasetFile::DatasetFile(Communicator const& comm, std::string const& path)
    : file_(comm, path, File::Mode::read), provenance_(read_provenance(file_, "dataset", dataset_format_version)) {
    names_ = file_.strings_attribute("/parameters", "names");
    std::istringstream units(file_.string_attribute("/parameters", "unit"));
    for (std::string unit; std::getline(units, unit, ',');) units_.push_back(unit.substr(unit.find_first_not_of(' ')));
    auto const k_star = file_.read_all("/k_star_MeV");
    k_star_MeV_ = k_star.col(0).array();
    auto const parameters = file_.shape("/parameters");
    auto const correlation = file_.shape("/correlation");
    auto const observables = file_.shape("/observables");
    agree(comm, [&] {
        bool const fits = parameters.size() == 2 && correlation.size() == 2 && observables.size() == 2 &&
                          parameters[0] == correlation[0] && parameters[0] == observables[0] &&
                          parameters[1] == static_cast<std::int64_t>(names_.size()) && units_.size() == names_.size() &&
                          correlation[1] == k_star_MeV_.size();
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

std::int64_t DatasetFile::row_of(std::int64_t sample) const {
    std::int64_t row = sample;
    for (std::int64_t failed : failed_)
        if (failed <= row) ++row;
    return row;
}

RowMatrixXd DatasetFile::sound_rows(std::string const& name, int checksum_column, IndexRange rows) const {
    IndexRange const in_file = rows.size() == 0 ? rows : IndexRange{row_of(rows.begin), row_of(rows.end - 1) + 1};
    RowMatrixXd values = file_.read_rows(name, in_file);
    RowMatrixXd sums;
    if (file_.has("/checksums")) sums = file_.read_rows("/checksums", in_file);
    agree(file_.comm(), [&] {
        if (sums.size() == 0 || values.rows() == 0) return;
        if (sums.cols() != checksum_columns)
            throw InputError(path() + ":/checksums: needs one column a part; generate the dataset again");
        Eigen::VectorXd const expected = checksums(values, in_file.begin);
        for (Eigen::Index i = 0; i < values.rows(); ++i)
            if (sums(i, checksum_column) != expected[i])
                throw InputError(
                    fmt::format("{}:{}: row {} is not what was written; generate the dataset again, or "
                                "delete /checksums where it was changed on purpose",
                                path(), name, in_file.begin + i));
    });
    Eigen::Index kept = 0;
    for (Eigen::Index i = 0; i < values.rows(); ++i)
        if (!std::binary_search(failed_.begin(), failed_.end(), in_file.begin + i)) values.row(kept++) = values.row(i);
    values.conservativeResize(kept, values.cols());
    agree(file_.comm(), [&] {
        if (values.allFinite()) return;
        for (Eigen::Index i = 0; i < values.rows(); ++i)
            if (!values.row(i).allFinite())
                throw InputError(fmt::format("{}:{}: row {} is not finite; generate it again", path(), name,
                                             row_of(rows.begin + i)));
    });
    return values;
}

RowMatrixXd DatasetFile::parameters(IndexRange rows) const { return sound_rows("/parameters", of_parameters, rows); }
RowMatrixXd DatasetFile::correlation(IndexRange rows) const { return sound_rows("/correlation", of_correlation, rows); }

}  // namespace hadronforce
