#include "hadronforce/setup/lattice_budget_config.hpp"

#include "hadronforce/config/config_values.hpp"
#include "hadronforce/setup/physics_config.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

namespace hadronforce {
namespace {

constexpr std::size_t most_factors = 8;
constexpr std::size_t most_models = 20000;
constexpr std::size_t longest_name = 40;

/// The levels of each factor as the config has them, without that of the config itself.
std::vector<std::vector<Section>> read_factors(Section const& variations, std::vector<BudgetFactor>& factors) {
    std::vector<std::vector<Section>> changes;
    for (auto const& name : variations.keys()) {
        constexpr std::array taken{"quantity", "x", "value", "statistical", "starts", "total", "up", "down"};
        if (std::find(taken.begin(), taken.end(), name) != taken.end())
            variations.fail(name, "is a column of every budget already; choose another name");
        bool const is_word = std::all_of(name.begin(), name.end(),
                                         [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
        if (!is_word || name.size() > longest_name)
            variations.fail(
                name, fmt::format("names a column of tables; use at most {} letters, digits, _ and -", longest_name));
        changes.push_back(variations.list(name));
        if (changes.back().empty()) variations.fail(name, "is empty; list what to vary, [{data: {cut_fm: 2.5}}]");
        BudgetFactor factor{name, {"as above"}};
        for (auto const& change : changes.back()) {
            change.read_all();
            factor.levels.push_back(change.text());
        }
        factors.push_back(factor);
    }
    if (changes.size() > most_factors)
        variations.root().fail("variations",
                               fmt::format("has {} factors; a budget takes at most {}", changes.size(), most_factors));
    return changes;
}

void check_model(Section const& root, KernelFitConfig const& model) {
    if (!model.correlator) root.section("data").fail("times", "is missing; a budget is made for correlators");
    if (!model.correlator->inverse_variance)
        root.section("data").fail("weights", "must be inverse_variance; a budget compares models by chi^2");
    if (!model.fits_samples) root.section("fit").fail("samples", "must be true; a budget needs errors");
}

/// What only the correlator can refuse, before any model is fitted.
void check_slices(CorrelatorFile const& correlator, KernelFitConfig const& model) {
    auto const& equation = model.correlator->equation;
    check_cut(correlator, model.correlator->cut_fm);
    for (auto const t : equation.times) correlator.time_window(t, reach_of(equation.time_order), equation.one_sided);
}

/// All combinations of levels, the last factor fastest.
std::vector<std::vector<int>> combinations(std::vector<BudgetFactor> const& factors) {
    std::vector<std::vector<int>> all{{}};
    for (auto const& factor : factors) {
        std::vector<std::vector<int>> longer;
        for (auto const& choices : all)
            for (int level = 0; level < static_cast<int>(factor.levels.size()); ++level) {
                longer.push_back(choices);
                longer.back().push_back(level);
            }
        all = std::move(longer);
        if (all.size() > most_models) break;
    }
    return all;
}

Eigen::ArrayXd read_radii(Section const& root, double cut_fm) {
    Section const radii = root.optional_section("radii");
    double const first = radii.optional<double>("r_min_fm", 0.1, positive());
    double const last = radii.optional<double>("r_max_fm", cut_fm, positive());
    auto const points = radii.optional<std::int64_t>("points", 30, at_least(1));
    if (points > 1000) radii.fail("points", "must be at most 1000");
    if (!(last > first))
        radii.fail(radii.has("r_max_fm") ? "r_max_fm" : "r_min_fm",
                   fmt::format("leaves no radii, from {:g} to {:g} fm", first, last));
    return Eigen::ArrayXd::LinSpaced(points, first, last);
}

}  // namespace

std::string name_of(std::vector<BudgetFactor> const& factors, std::vector<int> const& choices) {
    std::vector<std::string> words;
    for (std::size_t f = 0; f < factors.size(); ++f)
        if (choices[f] > 0) words.push_back(factors[f].levels[static_cast<std::size_t>(choices[f])]);
    return words.empty() ? "the config itself" : fmt::format("{}", fmt::join(words, ", "));
}

LatticeBudgetConfig read_lattice_budget_config(Config const& config, Communicator const& comm) {
    Section const root = config.root();
    LatticeBudgetConfig result;
    KernelFitConfig const central = read_kernel_model(root);
    check_model(root, central);
    CorrelatorFile const correlator(comm, central.data_file);
    auto const& resampling = correlator.ensemble().resampling;
    constexpr std::int64_t fewest = 4;
    if (correlator.ensemble().configurations / resampling.bin_size < fewest || correlator.samples() < fewest)
        root.section("data").fail("file", fmt::format("has {} bins and {} samples; a budget needs at least {} of each",
                                                      correlator.ensemble().configurations / resampling.bin_size,
                                                      correlator.samples(), fewest));
    try {
        check_bins_are_known(resampling, correlator.ensemble().configurations);
    } catch (InputError const& error) {
        root.section("data").fail("file", error.what());
    }
    double const a_fm = units::hbar_c_MeV_fm / correlator.ensemble().inverse_a_MeV;

    Section const variations = root.optional_section("variations");
    auto const changes = read_factors(variations, result.factors);
    auto const all = combinations(result.factors);
    if (all.size() > most_models)
        root.fail("variations", fmt::format("make more than {} models; vary less at once", most_models));
    std::set<std::map<std::string, std::string>> seen;
    for (auto const& choices : all) {
        std::vector<Section> of_model;
        for (std::size_t f = 0; f < choices.size(); ++f)
            if (choices[f] > 0) of_model.push_back(changes[f][static_cast<std::size_t>(choices[f]) - 1]);
        try {
            Config const varied = config.varied(of_model, {"data", "network", "fit"});
            result.models.push_back({choices, read_kernel_model(varied.root())});
            // A key may have no use beside another change, but must have one by itself.
            if (of_model.size() <= 1) {
                std::size_t factor = 0;
                while (factor + 1 < choices.size() && choices[factor] == 0) ++factor;
                varied.reject_unread_keys();
                if (!seen.insert(config_values(varied.resolved(), "config")).second)
                    throw InputError(fmt::format("{}: variations.{} changes nothing, or the same as another",
                                                 variations.where(result.factors[factor].name),
                                                 result.factors[factor].name));
            }
            check_model(varied.root(), result.models.back().config);
            if (result.models.back().config.data_file != central.data_file)
                varied.root().section("data").fail("file",
                                                   "must be the same for all; a budget is that of one correlator");
            check_slices(correlator, result.models.back().config);
        } catch (InputError const& error) {
            if (of_model.empty()) throw;
            throw InputError(fmt::format("{} (with {})", error.what(), name_of(result.factors, choices)));
        }
    }
    Section const budget = root.optional_section("budget");
    result.weights = budget.optional<std::string>("weights", "akaike", one_of({"akaike", "equal"}));
    result.bin_width_fm = budget.optional<double>("bin_width_fm", 0.6 * a_fm, positive());
    if (result.bin_width_fm > 0.5 * central.correlator->cut_fm)
        budget.fail("bin_width_fm", fmt::format("is more than half the cut of {:g} fm and leaves chi^2 nothing to see",
                                                central.correlator->cut_fm));
    result.momenta_MeV = read_momenta(root, "_MeV");
    double const cutoff_MeV = units::pi * correlator.ensemble().inverse_a_MeV;
    if (double const highest = result.momenta_MeV.maxCoeff(); highest > cutoff_MeV)
        root.fail("momentum", fmt::format("reaches {:.4g} MeV/c, beyond pi/a = {:.4g} MeV/c, where a lattice ends",
                                          highest, cutoff_MeV));
    result.radii_fm = read_radii(root, central.correlator->cut_fm);
    Section const output = root.section("output");
    result.table = output.optional_output("table", OutputKind::text);
    result.file = output.output("file", OutputKind::hdf5);
    return result;
}

}  // namespace hadronforce
