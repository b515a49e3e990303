#include "hadronforce/lattice/potential_fit_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace hadronforce {
namespace {

constexpr std::int64_t newest_format = 2;

std::int64_t slice_of(File const& file, std::optional<std::int64_t> time) {
    RowMatrixXd const slices = file.read_all("/t");
    std::vector<std::int64_t> fitted;
    for (double const t : slices.reshaped())
        if (std::isfinite(t) && file.has(fmt::format("/fit_t{}", std::llround(t)))) fitted.push_back(std::llround(t));
    agree(file.comm(), [&] {
        if (fitted.empty())
            throw InputError(file.path() + ": has no fitted form; give lattice-potential a section fit");
        if (!time && fitted.size() > 1)
            throw InputError(fmt::format("{}: has fits to t = {}; say which by interaction.time", file.path(),
                                         fmt::join(fitted, ", ")));
        if (time && std::find(fitted.begin(), fitted.end(), *time) == fitted.end())
            throw InputError(
                fmt::format("{}: has no fit to t = {}, but to {}", file.path(), *time, fmt::join(fitted, ", ")));
    });
    return time ? *time : fitted.front();
}

/// Puts a value in its place: "m_MeV", "strengths_MeV[2]".
void set(PotentialParameters& parameters, std::string const& name, double value, std::string const& path) {
    auto const bracket = name.find('[');
    auto const entry = parameters.find(name.substr(0, bracket));
    std::size_t const index = bracket == std::string::npos ? 0 : std::strtoul(name.c_str() + bracket + 1, nullptr, 10);
    if (entry == parameters.end() || index >= entry->second.size() || !std::isfinite(value))
        throw InputError(fmt::format("{}: {} is no parameter of its form, or not finite; fit again", path, name));
    entry->second[index] = value;
}

}  // namespace

FittedForm read_fitted_form(Communicator const& comm, std::string const& path, std::optional<std::int64_t> time) {
    File const file(comm, path, File::Mode::read);
    read_provenance(file, "lattice_potential", newest_format);
    FittedForm result;
    result.time = slice_of(file, time);
    std::string const group = fmt::format("/fit_t{}", result.time);
    result.form = file.string_attribute(group, "form");
    result.reduced_mass_MeV =
        file.double_attribute("/", "reduced_mass_a") * file.double_attribute("/", "inverse_a_MeV");
    double const chi2 = file.double_attribute(group, "chi2");
    auto const degrees_of_freedom = file.integer_attribute(group, "degrees_of_freedom");
    auto const kind = file.string_attribute("/", "resampling");
    PotentialForm const* form = nullptr;
    agree(comm, [&] {
        form = &potential_form(result.form);
        if (!(result.reduced_mass_MeV > 0.0) || !std::isfinite(result.reduced_mass_MeV))
            throw InputError(path + ":/@reduced_mass_a: must be positive and finite; write the file again");
        if (kind != name_of(Resampling::Kind::jackknife) && kind != name_of(Resampling::Kind::bootstrap))
            throw InputError(path + ":/@resampling: is neither jackknife nor bootstrap; write the file again");
        if (!(chi2 >= 0.0) || degrees_of_freedom < 1)
            throw InputError(fmt::format("{}:{}: chi2 = {} of {} degrees of freedom cannot be; fit again", path, group,
                                         chi2, degrees_of_freedom));
    });
    result.chi2_per_dof = chi2 / static_cast<double>(degrees_of_freedom);
    if (kind == name_of(Resampling::Kind::bootstrap)) result.kind = Resampling::Kind::bootstrap;
    for (auto const& parameter : form->parameters)
        result.of_mean[parameter.key] = file.doubles_attribute(group, "of_mean_" + parameter.key);
    auto const names = file.strings_attribute(group + "/samples", "names");
    RowMatrixXd const rows = file.read_all(group + "/samples");
    agree(comm, [&] {
        if (rows.cols() != static_cast<Eigen::Index>(names.size()) || rows.rows() < 2)
            throw InputError(path + ":" + group + "/samples: does not fit its names; fit again");
        for (Eigen::Index s = 0; s < rows.rows(); ++s) {
            auto parameters = result.of_mean;
            for (std::size_t i = 0; i < names.size(); ++i)
                set(parameters, names[i], rows(s, static_cast<Eigen::Index>(i)), path + ":" + group);
            result.of_sample.push_back(std::move(parameters));
        }
    });
    return result;
}

}  // namespace hadronforce
