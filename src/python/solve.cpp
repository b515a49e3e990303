#include "hadronforce/setup/physics_config.hpp"
#include "python/call.hpp"

#include <optional>

namespace hadronforce::python {
namespace {

namespace py = pybind11;

py::dict solve(GivenConfig const& given) {
    FixedPair pair;
    PairSolution solution;
    Eigen::VectorXd at_threshold;
    std::optional<Eigen::ArrayXd> measured;
    read_config(given, {"output"}, [&](Section const& root, Communicator const& comm) {
        pair = read_fixed_pair(root, comm);
        solve_pair(root, [&] {
            solution = pair.model.solver(pair.k_star_MeV)->solve(pair.numbers);
            at_threshold = pair.model.kind->at_threshold(pair.numbers);
            if (pair.measured)
                measured = CorrelationModel(*pair.measured, pair.k_low_MeV, pair.k_high_MeV).in_bins(pair.numbers);
        });
    });
    auto const known = pair.model.kind->quantities();
    py::dict quantities, curves, units, result;
    auto const add = [&](std::vector<Quantity> const& names, Eigen::VectorXd const& values) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            quantities[names[i].name.c_str()] = values[static_cast<Eigen::Index>(i)];
            units[names[i].name.c_str()] = names[i].unit;
        }
    };
    add(pair.model.kind->threshold_quantities(), at_threshold);
    add(known.numbers, solution.numbers);
    for (std::size_t i = 0; i < known.curves.size(); ++i) {
        curves[known.curves[i].name.c_str()] = solution.curves[i];
        units[known.curves[i].name.c_str()] = known.curves[i].unit;
    }
    result["k_star_MeV"] = pair.k_star_MeV;
    result["correlation"] = solution.correlation;
    result["measured"] = measured;
    result["error_estimate"] = solution.error_estimate;
    result["quantities"] = quantities;
    result["curves"] = curves;
    result["units"] = units;
    return result;
}

}  // namespace

void bind_solve(py::module_& module) { module.def("solve", &solve, py::arg("config")); }

}  // namespace hadronforce::python
