#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <pybind11/eigen.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <functional>
#include <string>
#include <vector>

namespace hadronforce::python {

/// What Python reads: the text of a config, its name in messages, and overrides of keys.
struct GivenConfig {
    std::string text;
    std::string name;
    std::vector<std::string> overrides;
};

/// This process alone, whoever else there is: nothing that Python calls is collective. Starts MPI where nobody has.
Communicator alone();
/// Ends MPI where `alone` has started it and nobody has ended it.
void end_mpi();

/// Reads a config: `read` all that it needs, `unused` sections of the program's commands as they stand, anything else
/// is refused. What is said meanwhile becomes Python's warnings, of the line that called the package. Throws what
/// `read` throws, InputError for keys that nothing reads.
void read_config(GivenConfig const& given, std::vector<std::string> const& unused,
                 std::function<void(Section const& root, Communicator const& comm)> const& read);

/// Numbers as Python gives them; double precision side by side is read as it lies there, which takes a microsecond less
/// than pybind11's conversion to a vector.
using Numbers = pybind11::array_t<double, pybind11::array::c_style | pybind11::array::forcecast>;

/// Throws InputError unless these are finite numbers, one for each name.
Eigen::VectorXd point_of(Numbers const& numbers, std::vector<std::string> const& names);

void bind_solve(pybind11::module_& module);
void bind_fit(pybind11::module_& module);
void bind_family(pybind11::module_& module);

}  // namespace hadronforce::python
