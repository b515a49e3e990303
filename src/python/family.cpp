#include "hadronforce/error.hpp"
#include "hadronforce/setup/physics_config.hpp"
#include "python/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace hadronforce::python {
namespace {

namespace py = pybind11;

/// All that `generate` draws from.
class Family {
  public:
    explicit Family(GivenConfig const& given) {
        read_config(given, {"dataset"}, [&](Section const& root, Communicator const& comm) {
            if (Section const dataset = root.optional_section("dataset"); dataset.has("parameters_from"))
                dataset.fail("parameters_from", "takes parameters from a file; a family draws them from priors");
            family_ = read_sample_family(root, comm);
        });
        names_ = family_.names();
        if (names_.empty())
            throw InputError(given.name + ": all numbers are fixed; give one a prior, {uniform: [low, high]}");
        solver_.emplace(family_.make_solver());
    }

    std::vector<Parameter> const& parameters() const noexcept { return family_.free; }
    Eigen::ArrayXd k_star_MeV() const { return family_.k_star_MeV(); }
    std::vector<Quantity> quantity_names() const { return family_.pair().kind->quantities().numbers; }

    Eigen::VectorXd draw(std::int64_t seed, std::int64_t index) const {
        if (seed < 0 || index < 0)
            throw InputError(fmt::format("seed {}, index {}: both must be at least 0", seed, index));
        return family_.draw(static_cast<std::uint64_t>(seed), index);
    }

    Eigen::VectorXd prior(Numbers const& given) const {
        auto const cube = point_of(given, names_);
        Eigen::VectorXd values(cube.size());
        for (std::size_t i = 0; i < names_.size(); ++i) {
            auto const n = static_cast<Eigen::Index>(i);
            if (!(cube[n] >= 0.0 && cube[n] <= 1.0))
                throw InputError(fmt::format("{}: {} lies outside the unit cube", names_[i], cube[n]));
            // A normal prior is infinite at the cube's faces, on which a sampler may stand.
            constexpr double least = std::numeric_limits<double>::min();
            constexpr double most = 1.0 - 0.5 * std::numeric_limits<double>::epsilon();
            bool const normal = family_.free[i].prior.kind == Prior::Kind::normal;
            values[n] = family_.free[i].prior.quantile(normal ? std::clamp(cube[n], least, most) : cube[n]);
        }
        return values;
    }

    double log_prior(Numbers const& given) const {
        auto const x = point_of(given, names_);
        double sum = 0.0;
        for (std::size_t i = 0; i < names_.size(); ++i)
            sum += family_.free[i].prior.log_density(x[static_cast<Eigen::Index>(i)]);
        return sum;
    }

    Eigen::ArrayXd correlation(Numbers const& x) { return solver_->in_bins(point_of(x, names_)); }
    Eigen::VectorXd quantities(Numbers const& x) { return solver_->genuine(point_of(x, names_)).numbers; }

  private:
    SampleFamily family_;
    std::vector<std::string> names_;
    std::optional<FamilySolver> solver_;
};

}  // namespace

void bind_family(py::module_& module) {
    py::class_<Quantity>(module, "Quantity")
        .def_readonly("name", &Quantity::name)
        .def_readonly("unit", &Quantity::unit);
    py::class_<Family>(module, "Family")
        .def(py::init<GivenConfig const&>(), py::arg("config"))
        .def("parameters", &Family::parameters)
        .def("k_star_MeV", &Family::k_star_MeV)
        .def("quantity_names", &Family::quantity_names)
        .def("draw", &Family::draw, py::arg("seed"), py::arg("index"))
        .def("prior", &Family::prior, py::arg("cube"))
        .def("log_prior", &Family::log_prior, py::arg("x"))
        .def("correlation", &Family::correlation, py::arg("x"))
        .def("quantities", &Family::quantities, py::arg("x"));
}

}  // namespace hadronforce::python
