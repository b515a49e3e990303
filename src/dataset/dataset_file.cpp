#include "hadronforce/dataset/dataset_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <cmath>
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
    samples_ = parameters[0];
}

RowMatrixXd DatasetFile::finite_rows(std::string const& name, IndexRange rows) const {
    RowMatrixXd values = file_.read_rows(name, rows);
    agree(file_.comm(), [&] {
        if (values.allFinite()) return;
        for (Eigen::Index i = 0; i < values.rows(); ++i)
            if (!values.row(i).allFinite())
                throw InputError(
                    fmt::format("{}:{}: row {} is not finite; generate it again", path(), name, rows.begin + i));
    });
    return values;
}

RowMatrixXd DatasetFile::parameters(IndexRange rows) const { return finite_rows("/parameters", rows); }
RowMatrixXd DatasetFile::correlation(IndexRange rows) const { return finite_rows("/correlation", rows); }

}  // namespace hadronforce
