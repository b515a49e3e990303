#include "hadronforce/error.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "python/call.hpp"

namespace hadronforce::python {

PYBIND11_MODULE(_core, module) {
    namespace py = pybind11;
    module.doc() = "What the package hadronforce calls; use that.";
    auto const exception = [&](py::object type) { type.attr("__module__") = "hadronforce"; };
    exception(py::register_exception<InputError>(module, "InputError", PyExc_ValueError));
    exception(py::register_exception<ConvergenceError>(module, "ConvergenceError", PyExc_RuntimeError));
    py::class_<GivenConfig>(module, "GivenConfig")
        .def(py::init<std::string, std::string, std::vector<std::string>>(), py::arg("text"), py::arg("name"),
             py::arg("overrides"));
    module.def(
        "read_text", [](std::string const& path) { return py::bytes(read_text(path)); }, py::arg("path"));
    module.def("version", &program_version);
    bind_solve(module);
    bind_fit(module);
    bind_family(module);
    py::module_::import("atexit").attr("register")(py::cpp_function(&end_mpi));
}

}  // namespace hadronforce::python
