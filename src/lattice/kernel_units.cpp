#include "lattice/kernel_units.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <cmath>

namespace hadronforce {
namespace {

constexpr KernelUnitNames physical{"fm", "fm^3", "MeV/c", "MeV/fm^3", "MeV"};
constexpr KernelUnitNames natural{"1", "1", "1", "1", "1"};
RowMatrixXd curve_rows(std::vector<KernelFitStep> const& curve) {
    RowMatrixXd rows(static_cast<Eigen::Index>(curve.size()), 5);
    for (std::size_t i = 0; i < curve.size(); ++i)
        rows.row(static_cast<Eigen::Index>(i)) << static_cast<double>(curve[i].step), curve[i].residual, curve[i].loss,
            curve[i].damping, curve[i].seconds;
    return rows;
}

}  // namespace

KernelUnitNames const& names(KernelUnits const& units) { return units.natural ? natural : physical; }

void write_units(File& file, KernelUnits const& units) {
    file.set_attribute("/", "units", units.natural ? "natural" : "physical");
    file.set_attribute("/", units.natural ? "reduced_mass" : "reduced_mass_MeV", units.reduced_mass);
}

KernelUnits read_units(File const& file) {
    KernelUnits units;
    auto const name = file.string_attribute("/", "units");
    agree(file.comm(), [&] {
        if (name != "natural" && name != "physical")
            throw InputError(file.path() + ":/@units: is '" + name + "'; it must be physical or natural");
    });
    units.natural = name == "natural";
    units.reduced_mass = file.double_attribute("/", units.natural ? "reduced_mass" : "reduced_mass_MeV");
    agree(file.comm(), [&] {
        if (!(units.reduced_mass > 0.0) || !std::isfinite(units.reduced_mass))
            throw InputError(file.path() + ":/@reduced_mass: must be positive and finite; write the file again");
    });
    return units;
}

Eigen::ArrayXd read_column(File const& file, std::string const& name) {
    auto const values = file.read_all(name);
    agree(file.comm(), [&] {
        if (values.cols() != 1 || !values.allFinite())
            throw InputError(file.path() + ":" + name + ": must be one column of finite numbers; write the file again");
    });
    return values.col(0).array();
}

std::vector<double> to_vector(Eigen::Ref<Eigen::ArrayXd const> const& values) { return {values.begin(), values.end()}; }

void write_curve(File& file, std::vector<KernelFitStep> const& curve) {
    file.write_all("/curve", curve_rows(curve), Precision::float64,
                   {"1, 1, 1, 1, s", "step, relative residual, loss, damping, seconds", {"step", "column"}});
}

std::vector<KernelFitStep> read_curve(File const& file) {
    auto const rows = file.read_all("/curve");
    agree(file.comm(), [&] {
        if (rows.cols() != 5) throw InputError(file.path() + ":/curve: needs five columns; write the file again");
    });
    std::vector<KernelFitStep> curve;
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
        curve.push_back({static_cast<std::int64_t>(rows(i, 0)), rows(i, 1), rows(i, 2), rows(i, 3), rows(i, 4)});
    return curve;
}

}  // namespace hadronforce
