#include "commands/command.hpp"
#include "hadronforce/femtoscopy/coupled_pair.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/setup/physics_config.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <optional>

namespace hadronforce {
namespace {

constexpr std::int64_t format_version = 1;

/// Coupled channels, solved.
struct CoupledSolution {
    FixedPair pair;
    CoupledModel model;
    PairQuantities quantities;
    PairSolution solved;
    std::optional<Eigen::ArrayXd> measured;
    std::vector<std::string> names;

    Eigen::ArrayXd const& curve(std::string const& name) const {
        return solved.curves.at(find(quantities.curves, name).value());
    }
    /// What pairs that are produced in channel `c` add to C.
    Eigen::ArrayXd const& contribution(std::size_t c) const {
        return solved.curves[solved.curves.size() - names.size() + c];
    }
    std::optional<std::complex<double>> a0_fm() const {
        auto const real = find(quantities.numbers, "a0_real_fm"),
                   imaginary = find(quantities.numbers, "a0_imaginary_fm");
        if (!real || !imaginary) return std::nullopt;
        std::complex<double> const a0{solved.numbers[static_cast<Eigen::Index>(*real)],
                                      solved.numbers[static_cast<Eigen::Index>(*imaginary)]};
        if (std::isnan(a0.real())) return std::nullopt;
        return a0;
    }
};

CoupledSolution read_problem(Section const& root, Communicator const& comm) {
    FixedPair const pair = read_fixed_pair(root, comm);
    auto const& kind = dynamic_cast<CoupledPair const&>(*pair.model.kind);
    CoupledSolution solution{pair, kind.model(), kind.quantities(), {}, {}, {}};
    for (auto const& channel : solution.model.channels) solution.names.push_back(channel.name);
    return solution;
}

void write_solution(Communicator const& comm, std::string const& path, std::string const& config,
                    CoupledSolution const& s) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"coupled_solution", format_version, config, 0});
    auto const column = [&](std::string const& name, Eigen::ArrayXd const& values, char const* unit,
                            char const* description) {
        file.write_vector(name, {values.begin(), values.end()}, {unit, description, {"k_star"}});
    };
    column("/k_star_MeV", s.pair.k_star_MeV, "MeV/c", "relative momentum k* of the first channel");
    column("/correlation", s.solved.correlation, "1", "C(k*) of the first channel");
    if (s.measured) {
        column("/k_low_MeV", s.pair.k_low_MeV, "MeV/c", "lower edge of the bin");
        column("/k_high_MeV", s.pair.k_high_MeV, "MeV/c", "upper edge of the bin");
        column("/measured", *s.measured, "1", "C as a detector sees it, in the bins");
    }
    RowMatrixXd contributions(static_cast<Eigen::Index>(s.names.size()), s.pair.k_star_MeV.size());
    std::vector<double> weights;
    for (std::size_t c = 0; c < s.names.size(); ++c) {
        contributions.row(static_cast<Eigen::Index>(c)) = s.contribution(c).matrix().transpose();
        weights.push_back(s.model.channels[c].weight.at(s.pair.numbers));
    }
    file.write_all("/contributions", contributions, Precision::float64,
                   {"1", "what pairs produced in each channel add to C(k*)", {"channel", "k_star"}});
    column("/s11_real", s.curve("s11_real"), "1", "real part of S_11, beside Coulomb phases");
    column("/s11_imaginary", s.curve("s11_imaginary"), "1", "imaginary part of S_11");
    column("/delta_rad", s.curve("delta_rad"), "rad", "phase shift of S_11 = inelasticity exp(2i delta)");
    column("/inelasticity", s.curve("inelasticity"), "1", "|S_11|");
    file.set_attribute("/", "channels", s.names);
    file.set_attribute("/", "weights", weights);
    if (auto const a0 = s.a0_fm()) {
        file.set_attribute("/", "a0_real_fm", a0->real());
        file.set_attribute("/", "a0_imaginary_fm", a0->imag());
    }
    file.close();
}

std::string table_text(CoupledSolution const& s) {
    std::string text = "k_star_MeV,C";
    if (s.measured) text += ",C_measured";
    for (std::size_t c = 1; c <= s.names.size(); ++c) text += fmt::format(",C_{}", c);
    text += fmt::format(
        ",S11_real,S11_imaginary,delta_rad,inelasticity\n"
        "# {}; C is the sum of what pairs produced in each channel add\n",
        fmt::join(s.names, ", "));
    for (Eigen::Index j = 0; j < s.pair.k_star_MeV.size(); ++j) {
        text += fmt::format("{:.12g},{:.12g}", s.pair.k_star_MeV[j], s.solved.correlation[j]);
        if (s.measured) text += fmt::format(",{:.12g}", (*s.measured)[j]);
        for (std::size_t c = 0; c < s.names.size(); ++c) text += fmt::format(",{:.12g}", s.contribution(c)[j]);
        for (char const* name : {"s11_real", "s11_imaginary", "delta_rad", "inelasticity"})
            text += fmt::format(",{:.12g}", s.curve(name)[j]);
        text += "\n";
    }
    return text;
}

void solve(CoupledSolution& s) {
    s.solved = s.pair.model.solver(s.pair.k_star_MeV)->solve(s.pair.numbers);
    if (s.pair.measured)
        s.measured = CorrelationModel(*s.pair.measured, s.pair.k_low_MeV, s.pair.k_high_MeV).in_bins(s.pair.numbers);
}

}  // namespace

void run_solve_coupled(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    CoupledSolution solution = read_problem(root, comm);
    auto const& names = solution.names;
    auto const& k = solution.pair.k_star_MeV;
    Section const output = root.section("output");
    auto const table = output.optional_output("table", OutputKind::text);
    auto const path = output.optional_output("file", OutputKind::hdf5);
    if (table.empty() && path.empty()) root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    say(comm, fmt::format("solve: {} coupled channel{}, {} observed, {} k* from {:.7g} to {:.7g} MeV/c", names.size(),
                          names.size() == 1 ? "" : "s", names[0], k.size(), k[0], k[k.size() - 1]));
    agree(comm, [&] { solve_pair(root, [&] { solve(solution); }); });
    if (!path.empty())
        write_atomically(comm, path, [&](std::string const& temporary) {
            write_solution(comm, temporary, config.resolved(), solution);
        });
    if (!table.empty()) write_text(comm, table, table_text(solution));

    for (std::size_t c = 0; c < names.size(); ++c)
        say(comm, fmt::format("{}: threshold {:+.7g} MeV, C({:.7g} MeV/c) has {:.7g} of it", names[c],
                              solution.model.channels[c].channel.threshold_MeV, k[0], solution.contribution(c)[0]));
    if (auto const a0 = solution.a0_fm())
        say(comm, fmt::format("a0 = {:.7g}{} fm (f = -a0 at threshold)", a0->real(),
                              a0->imag() == 0.0 ? "" : fmt::format(" {:+.7g} i", a0->imag())));
    say(comm, fmt::format("C({:.7g} MeV/c) = {:.7g}, estimated error {:.0e} of max(1, C)", k[0],
                          solution.solved.correlation[0], solution.solved.error_estimate));
    if (solution.measured) say(comm, fmt::format("measured C({:.7g} MeV/c) = {:.7g}", k[0], (*solution.measured)[0]));
    if (!table.empty()) say(comm, "table: " + table);
    if (!path.empty()) say(comm, "file: " + path);
}

}  // namespace hadronforce
