#include "commands/command.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/coupled_pair.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/setup/physics_config.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

constexpr std::int64_t format_version = 1;

/// Coupled channels as a config names them.
struct CoupledProblem {
    CoupledModel model;
    double tolerance;
    Eigen::ArrayXd k_star_MeV;
    std::vector<std::string> names;
    std::vector<double> weights;
};

CoupledProblem read_problem(Section const& root, Communicator const& comm) {
    FixedPair const pair = read_fixed_pair(root, comm);
    CoupledProblem problem{
        dynamic_cast<CoupledPair const&>(*pair.model.kind).model(), pair.model.tolerance, pair.k_star_MeV, {}, {}};
    for (auto const& channel : problem.model.channels) {
        problem.names.push_back(channel.name);
        problem.weights.push_back(channel.weight.value);
    }
    return problem;
}

void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    CoupledProblem const& problem, CoupledCorrelationResult const& result) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"coupled_solution", format_version, config, 0});
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description) {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {"k_star"}});
    };
    column("/k_star_MeV", problem.k_star_MeV, "MeV/c", "relative momentum k* of the first channel");
    column("/correlation", result.correlation, "1", "C(k*) of the first channel");
    file.write_all("/contributions", result.contributions.matrix(), Precision::float64,
                   {"1", "what pairs produced in each channel add to C(k*)", {"channel", "k_star"}});
    column("/s11_real", result.scattering.s11.real(), "1", "real part of S_11, beside Coulomb phases");
    column("/s11_imaginary", result.scattering.s11.imag(), "1", "imaginary part of S_11");
    column("/delta_rad", result.scattering.delta_rad, "rad", "phase shift of S_11 = inelasticity exp(2i delta)");
    column("/inelasticity", result.scattering.inelasticity, "1", "|S_11|");
    file.set_attribute("/", "channels", problem.names);
    file.set_attribute("/", "weights", problem.weights);
    if (auto const& a0 = result.scattering.scattering_length_fm) {
        file.set_attribute("/", "a0_real_fm", a0->real());
        file.set_attribute("/", "a0_imaginary_fm", a0->imag());
    }
    file.close();
}

std::string table_text(CoupledProblem const& problem, CoupledCorrelationResult const& result) {
    std::string text = "k_star_MeV,C";
    for (std::size_t c = 1; c <= problem.names.size(); ++c) text += fmt::format(",C_{}", c);
    text += fmt::format(
        ",S11_real,S11_imaginary,delta_rad,inelasticity\n"
        "# {}; C is the sum of what pairs produced in each channel add\n",
        fmt::join(problem.names, ", "));
    for (Eigen::Index j = 0; j < problem.k_star_MeV.size(); ++j) {
        text += fmt::format("{:.12g},{:.12g}", problem.k_star_MeV[j], result.correlation[j]);
        for (Eigen::Index c = 0; c < result.contributions.rows(); ++c)
            text += fmt::format(",{:.12g}", result.contributions(c, j));
        auto const& scattering = result.scattering;
        text += fmt::format(",{:.12g},{:.12g},{:.12g},{:.12g}\n", scattering.s11[j].real(), scattering.s11[j].imag(),
                            scattering.delta_rad[j], scattering.inelasticity[j]);
    }
    return text;
}

CoupledCorrelationResult solve(CoupledProblem const& problem) {
    std::vector<std::unique_ptr<Source>> sources;
    std::vector<ChannelSource> production;
    for (auto const& channel : problem.model.channels) {
        sources.push_back(make_source(channel.source.form, channel.source.at({})));
        production.push_back({sources.back().get(), channel.weight.value});
    }
    return CoupledCorrelationSolver(problem.model.physical_channels(), problem.k_star_MeV, problem.tolerance)
        .solve(problem.model.potential_matrix({}), production);
}

}  // namespace

void run_solve_coupled(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    CoupledProblem const problem = read_problem(root, comm);
    Section const output = root.section("output");
    auto const table = output.optional_output("table", OutputKind::text);
    auto const path = output.optional_output("file", OutputKind::hdf5);
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    say(comm,
        fmt::format("solve: {} coupled channel{}, {} observed, {} k* from {:.7g} to {:.7g} MeV/c", problem.names.size(),
                    problem.names.size() == 1 ? "" : "s", problem.names[0], problem.k_star_MeV.size(),
                    problem.k_star_MeV[0], problem.k_star_MeV[problem.k_star_MeV.size() - 1]));
    CoupledCorrelationResult result;
    agree(comm, [&] { solve_pair(root, [&] { result = solve(problem); }); });
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_solution(comm, temporary, config.resolved(), problem, result);
        });
    if (!table.empty()) write_text(comm, table, table_text(problem, result));

    for (std::size_t c = 0; c < problem.names.size(); ++c)
        say(comm, fmt::format("{}: threshold {:+.7g} MeV, C({:.7g} MeV/c) has {:.7g} of it", problem.names[c],
                              problem.model.channels[c].channel.threshold_MeV, problem.k_star_MeV[0],
                              result.contributions(static_cast<Eigen::Index>(c), 0)));
    if (auto const& a0 = result.scattering.scattering_length_fm)
        say(comm, fmt::format("a0 = {:.7g}{} fm (f = -a0 at threshold)", a0->real(),
                              a0->imag() == 0.0 ? "" : fmt::format(" {:+.7g} i", a0->imag())));
    say(comm, fmt::format("C({:.7g} MeV/c) = {:.7g}, estimated error {:.0e} of max(1, C)", problem.k_star_MeV[0],
                          result.correlation[0], result.error_estimate));
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
