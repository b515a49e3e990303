#include "hadronforce/fit/fit_checkpoint.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

constexpr std::int64_t format_version = 2;

}  // namespace

void write_finished_jobs(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                         FinishedJobs const& jobs) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"finished_jobs", format_version, identity.config, 0});
    write_identity(file, identity);
    std::vector<std::string> names;
    for (auto const& [name, table] : jobs.tables) {
        std::string const folder = fmt::format("/{}", names.size());
        file.write_all(folder + "/results", table.results(), Precision::float64,
                       {"1", "what each job has found", {"job", "number"}});
        file.write_vector(folder + "/done", {table.done().begin(), table.done().end()},
                          {"1", "1 of finished jobs", {"job"}});
        names.push_back(name);
    }
    file.set_attribute("/", "jobs", names);
    file.close();
}

FinishedJobs read_finished_jobs(Communicator const& comm, std::string const& path, RunIdentity const& identity) {
    File const file(comm, path, File::Mode::read);
    if (read_provenance(file, "finished_jobs", format_version).format_version < format_version)
        throw InputError(path + ": was written by an older hadronforce; remove it to begin the fit anew");
    if (auto const what = difference(file, identity); !what.empty())
        throw InputError(
            fmt::format("{}: belongs to a fit with another config or other data ({}); remove it to begin "
                        "anew, or take those again",
                        path, what));
    FinishedJobs jobs;
    auto const names = file.strings_attribute("/", "jobs");
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string const folder = fmt::format("/{}", i);
        RowMatrixXd const results = file.read_all(folder + "/results");
        Eigen::ArrayXd const done = file.read_all(folder + "/done").col(0).array();
        // Of results, not a number is one: of what did not converge.
        bool const whole = results.rows() == done.size() && ((done == 0.0) || (done == 1.0)).all();
        if (!whole) throw InputError(path + ": is damaged; remove it to begin the fit anew");
        jobs.tables.emplace(names[i], JobTable(results, done));
    }
    return jobs;
}

}  // namespace hadronforce
