#include "python/call.hpp"

#include "hadronforce/parallel/mpi_session.hpp"
#include "hadronforce/report/standard_output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>

namespace hadronforce::python {
namespace {

MpiSession* session = nullptr;  ///< lives until end_mpi, in the process that started it
pid_t starter = 0;

/// Keeps the lines that are said in its life.
class Listening {
  public:
    Listening() {
        hear([this](std::string const& line) { lines_.push_back(line); });
    }
    ~Listening() { hear({}); }
    Listening(Listening const&) = delete;
    Listening& operator=(Listening const&) = delete;

    void warn() const {
        constexpr pybind11::ssize_t caller_of_package = 2;  // 1 is the package
        std::string const prefix = "warning: ";
        for (auto const& line : lines_) {
            std::string const text = line.rfind(prefix, 0) == 0 ? line.substr(prefix.size()) : line;
            if (PyErr_WarnEx(PyExc_UserWarning, text.c_str(), caller_of_package) < 0)
                throw pybind11::error_already_set();
        }
    }

  private:
    std::vector<std::string> lines_;
};

std::set<std::string> names_in_environment() {
    std::set<std::string> names;
    for (char** entry = environ; *entry != nullptr; ++entry)
        names.insert(std::string(*entry).substr(0, std::string_view(*entry).find('=')));
    return names;
}

/// OpenMPI sets variables that a process without launcher needs, and with which an mpirun that it starts ends at once:
/// whoever calls the program from a notebook must not inherit them. What files need stays (docs/dependencies.md).
void start_mpi() {
    auto const before = names_in_environment();
    int argc = 0;
    char** argv = nullptr;
    session = new MpiSession(argc, argv);
    starter = ::getpid();
    for (auto const& name : names_in_environment())
        if (before.count(name) == 0 && name != "OMPI_MCA_io") ::unsetenv(name.c_str());
}

}  // namespace

Communicator alone() {
    int started = 0, ended = 0;
    MPI_Initialized(&started);
    MPI_Finalized(&ended);
    if (ended != 0) throw std::runtime_error("MPI has been finalised, and cannot start again in this process");
    if (started == 0) start_mpi();
    return Communicator::self();
}

void end_mpi() {
    int ended = 0;
    MPI_Finalized(&ended);
    if (ended == 0 && starter == ::getpid()) delete std::exchange(session, nullptr);
}

void read_config(GivenConfig const& given, std::vector<std::string> const& unused,
                 std::function<void(Section const& root, Communicator const& comm)> const& read) {
    Communicator const comm = alone();
    Listening const listening;
    Config const config = Config::from_text(given.text, given.name, given.overrides);
    read(config.root(), comm);
    for (auto const& section : unused)
        if (config.root().has(section)) config.root().section(section).read_all();
    config.reject_unread_keys();
    listening.warn();
}

Eigen::VectorXd point_of(Numbers const& numbers, std::vector<std::string> const& names) {
    if (numbers.ndim() != 1 || numbers.size() != static_cast<pybind11::ssize_t>(names.size()))
        throw InputError(fmt::format("{} are given, {} needed: {}",
                                     numbers.ndim() == 1 ? fmt::format("{} numbers", numbers.size())
                                                         : fmt::format("{} dimensions", numbers.ndim()),
                                     names.size(), fmt::join(names, ", ")));
    Eigen::VectorXd const values = Eigen::Map<Eigen::VectorXd const>(numbers.data(), numbers.size());
    for (std::size_t i = 0; i < names.size(); ++i)
        if (double const value = values[static_cast<Eigen::Index>(i)]; !std::isfinite(value))
            throw InputError(fmt::format("{} = {}; it must be a finite number", names[i], value));
    return values;
}

}  // namespace hadronforce::python
