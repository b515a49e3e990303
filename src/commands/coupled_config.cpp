#include "commands/coupled_config.hpp"

#include "commands/physics_config.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <utility>

namespace hadronforce {
namespace {

void read_channel(Section const& section, int orbital, Communicator const& comm, double& first_threshold_MeV,
                  CoupledProblem& problem) {
    bool const first = problem.channels.empty();
    double const mass1 = section.required<double>("mass1_MeV", positive());
    double const mass2 = section.required<double>("mass2_MeV", positive());
    if (first) first_threshold_MeV = mass1 + mass2;
    double const charge_product = section.optional<double>("charge_product", 0.0, between(-100.0, 100.0));
    problem.channels.push_back({units::reduced_mass(mass1, mass2), first ? 0.0 : mass1 + mass2 - first_threshold_MeV,
                                orbital, charge_product});
    problem.names.push_back(section.optional<std::string>("name", fmt::format("channel {}", problem.channels.size())));
    problem.weights.push_back(section.optional<double>("weight", 1.0, not_negative()));
    if (first && problem.weights[0] != 1.0)
        section.fail("weight", "belongs to the channel that is observed and must be 1; weights of others count by it");
    SampleFamily family;
    read_source(section, comm, {}, family);
    require_fixed(section, family);
    problem.sources.push_back(make_source(family.source_form, family.source));
}

/// Returns whether a table is in it.
bool read_entry(Section const& section, Communicator const& comm, std::set<std::pair<int, int>>& given,
                CoupledProblem& problem) {
    auto const between = section.required<std::vector<std::int64_t>>("between");
    auto const channels = static_cast<std::int64_t>(problem.channels.size());
    if (between.size() != 2) section.fail("between", "needs two numbers of channels, such as [1, 2]");
    for (auto number : between)
        if (number < 1 || number > channels)
            section.fail("between", fmt::format("names the channel {}; there are 1 to {}", number, channels));
    int const i = static_cast<int>(std::min(between[0], between[1])) - 1;
    int const j = static_cast<int>(std::max(between[0], between[1])) - 1;
    if (!given.insert({i, j}).second)
        section.fail("between",
                     fmt::format("names the entry {}, {} a second time; V is symmetric, keep one", i + 1, j + 1));
    double const reduced_mass_MeV = std::sqrt(problem.channels[static_cast<std::size_t>(i)].reduced_mass_MeV *
                                              problem.channels[static_cast<std::size_t>(j)].reduced_mass_MeV);
    NamedPotential real, imaginary;
    if (section.has("real")) real = read_fixed_potential(section.section("real"), comm, reduced_mass_MeV);
    if (section.has("imaginary"))
        imaginary = read_fixed_potential(section.section("imaginary"), comm, reduced_mass_MeV);
    if (!real.potential && !imaginary.potential)
        section.fail("real", "is missing; give a potential by form or preset as real, imaginary, or both");
    problem.potential.set(i, j, std::move(real.potential), std::move(imaginary.potential));
    return real.form == "tabulated" || imaginary.form == "tabulated";
}

}  // namespace

CoupledProblem read_coupled_problem(Section const& root, Communicator const& comm) {
    CoupledProblem problem;
    Section const section = root.section("coupled");
    auto const orbital = section.optional<std::int64_t>("orbital", 0, at_least(0));
    if (orbital > 20) section.fail("orbital", "must be at most 20");
    auto const channels = section.list("channels");
    if (channels.empty()) section.fail("channels", "needs a list of at least one channel, the observed one first");
    if (channels.size() > PotentialMatrix::most_channels)
        section.fail("channels", fmt::format("has {} entries; at most {} are solved", channels.size(),
                                             PotentialMatrix::most_channels));
    double first_threshold_MeV = 0.0;
    for (auto const& channel : channels)
        read_channel(channel, static_cast<int>(orbital), comm, first_threshold_MeV, problem);
    problem.potential = PotentialMatrix(static_cast<int>(channels.size()));
    std::set<std::pair<int, int>> given;
    bool has_table = false;
    for (auto const& entry : section.list("potentials"))
        has_table = read_entry(entry, comm, given, problem) || has_table;
    if (given.empty()) section.fail("potentials", "needs a list of at least one entry of the potential matrix");
    problem.k_star_MeV = read_momenta(root, "_MeV");
    problem.tolerance =
        root.optional_section("solver").optional<double>("tolerance", 1e-6, between(has_table ? 1e-7 : 1e-10, 1e-2));
    for (char const* other : {"pair", "potential", "interaction", "source"})
        if (root.has(other)) root.fail(other, "stands beside coupled, which says all of that; remove one of them");
    return problem;
}

}  // namespace hadronforce
