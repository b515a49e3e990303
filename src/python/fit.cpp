#include "hadronforce/error.hpp"
#include "hadronforce/setup/measurements_config.hpp"
#include "python/call.hpp"

#include <limits>

namespace hadronforce::python {
namespace {

namespace py = pybind11;

/// What `fit` minimises.
class Likelihood {
  public:
    explicit Likelihood(GivenConfig const& given) {
        read_config(given, {"output", "fit"}, [&](Section const& root, Communicator const& comm) {
            // What the command does beside.
            for (auto const& axis : root.list("scan")) axis.read_all();
            if (root.has("variations")) root.entries("variations").read_all();
            FitNumbers numbers;
            measurements_ = read_measurements(root, comm, numbers);
            parameters_ = numbers.space().free();
        });
        names_ = names_of(parameters_);
        residuals_ = std::make_unique<JointResiduals>(measurements_, parameters_);
    }

    std::vector<Parameter> const& parameters() const noexcept { return parameters_; }

    /// Names of the measurements; of a single one, which has none, that of its section.
    std::vector<std::string> measurements() const {
        std::vector<std::string> names;
        for (auto const& one : measurements_) names.push_back(one.name.empty() ? "data" : one.name);
        return names;
    }

    Eigen::VectorXd residuals(Numbers const& x) { return (*residuals_)(point_of(x, names_)); }

    double chi2(Numbers const& x) { return residuals(x).squaredNorm(); }

    double log_likelihood(Numbers const& x) {
        auto const point = point_of(x, names_);
        try {
            return -0.5 * (*residuals_)(point).squaredNorm();
        } catch (InputError const&) {
            return -std::numeric_limits<double>::infinity();
        }
    }

    std::vector<Eigen::ArrayXd> correlation(Numbers const& x) { return residuals_->predicted(point_of(x, names_)); }

    std::vector<py::dict> data() const {
        std::vector<py::dict> all;
        for (auto const& one : measurements_) {
            py::dict bins;
            bins["k_low_MeV"] = one.data.bins.k_low_MeV;
            bins["k_high_MeV"] = one.data.bins.k_high_MeV;
            bins["k_star_MeV"] = one.data.bins.k_star_MeV;
            bins["correlation"] = one.data.bins.correlation;
            bins["error"] = one.data.variance.sqrt().eval();
            bins["covariance"] = one.data.covariance;
            all.push_back(bins);
        }
        return all;
    }

  private:
    std::vector<FittedMeasurement> measurements_;
    std::vector<Parameter> parameters_;
    std::vector<std::string> names_;
    std::unique_ptr<JointResiduals> residuals_;
};

}  // namespace

void bind_fit(py::module_& module) {
    py::class_<Parameter>(module, "Parameter")
        .def_readonly("name", &Parameter::name)
        .def_readonly("unit", &Parameter::unit)
        .def_readonly("start", &Parameter::start)
        .def_readonly("low", &Parameter::low)
        .def_readonly("high", &Parameter::high);
    py::class_<Likelihood>(module, "Likelihood")
        .def(py::init<GivenConfig const&>(), py::arg("config"))
        .def("parameters", &Likelihood::parameters)
        .def("measurements", &Likelihood::measurements)
        .def("data", &Likelihood::data)
        .def("residuals", &Likelihood::residuals, py::arg("x"))
        .def("chi2", &Likelihood::chi2, py::arg("x"))
        .def("log_likelihood", &Likelihood::log_likelihood, py::arg("x"))
        .def("correlation", &Likelihood::correlation, py::arg("x"));
}

}  // namespace hadronforce::python
