#include "commands/fit_config.hpp"

#include "commands/channels_config.hpp"
#include "commands/form_section.hpp"
#include "commands/model_numbers.hpp"
#include "commands/physics_config.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/decay_feed_down.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/measurement/momentum_matrix_file.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

class ModelReader {
  public:
    ModelReader(Section const& root, Communicator const& comm, FitConfig& config)
        : root_(root), comm_(comm), numbers_(config.parameters), config_(config) {}

    void read() {
        auto& model = config_.model;
        double const tolerance =
            root_.optional_section("solver").optional<double>("tolerance", 1e-6, between(1e-10, 1e-2));
        read_source(root_.section("source"), model.pair);
        model.pair.tolerance = tolerance;
        config_.pair_name = read_pair_model(root_, model.pair);
        model.lambda = numbers_.number(root_, "lambda", 1.0);
        if (root_.has("resolution")) model.resolution = read_matrix(root_.section("resolution"));
        Section const contributions = root_.optional_section("contributions");
        for (auto const& name : contributions.keys())
            model.contributions.push_back(read_contribution(contributions.section(name), name));
        read_bins(root_.optional_section("bins"));
        model.normalisation = numbers_.number(root_, "normalisation", 1.0);
        Section const baseline = root_.optional_section("baseline");
        for (char const* key : {"linear_per_GeV", "quadratic_per_GeV2", "cubic_per_GeV3"})
            model.baseline.push_back(numbers_.number(baseline, key, 0.0));
    }

  private:
    /// Masses, charges and channels. Returns the pair's name.
    std::string read_pair_model(Section const& section, PairModel& model) {
        Pair const pair = read_pair(section);
        model.reduced_mass_MeV = pair.reduced_mass_MeV();
        model.charge_product = pair.charge_product;
        for (auto const& channel : read_channels(section)) {
            model.channels.push_back({channel.weight, channel.exchange, {}});
            for (auto const& wave : channel.waves) model.channels.back().waves.push_back(read_wave(wave));
        }
        return pair.name;
    }

    WaveModel read_wave(WaveSection const& wave) {
        NamedForm const named = read_potential_form(wave.section, comm_);
        WaveModel model;
        model.l = wave.l;
        model.form = named.form;
        model.potential = given(named.given);
        if (!named.complete) read_parameters(wave.section, potential_form(named.form).parameters, model.potential);
        return model;
    }

    void read_source(Section const& section, PairModel& model) {
        NamedForm const named = read_source_form(section, comm_);
        model.source_form = named.form;
        model.source = given(named.given);
        read_parameters(section, source_form(named.form).parameters, model.source);
    }

    template <class Parameters>
    void read_parameters(Section const& section, Parameters const& parameters, ModelNumbers& result) {
        for (auto const& parameter : parameters) {
            if (result.count(parameter.key) != 0) continue;  // a table gave it
            result[parameter.key] = parameter.is_list
                                        ? numbers_.list(section, parameter.key)
                                        : std::vector{numbers_.number(section, parameter.key, parameter.default_value)};
        }
    }

    static ModelNumbers given(PotentialParameters const& parameters) {
        ModelNumbers result;
        for (auto const& [key, values] : parameters)
            for (double value : values) result[key].push_back({value, {}});
        return result;
    }

    ContributionModel read_contribution(Section const& section, std::string const& name) {
        ContributionModel contribution;
        contribution.name = name;
        contribution.lambda = numbers_.number(section, "lambda", std::nullopt);
        if (!section.has("pair")) return contribution;  // flat
        PairModel pair = config_.model.pair;            // its source and tolerance, unless there is an own one
        pair.channels.clear();
        if (section.has("source")) read_source(section.section("source"), pair);
        read_pair_model(section, pair);
        contribution.pair = pair;
        if (section.has("mothers")) contribution.mothers = read_mothers(section.section("mothers"), section);
        return contribution;
    }

    /// A matrix from a file, or that of a decay of the pair's second particle.
    MomentumMatrix read_mothers(Section const& section, Section const& contribution) {
        if (section.has("file")) return read_matrix(section);
        Pair const pair = read_pair(contribution);
        MotherDecay const decay{pair.mass1_MeV, pair.mass2_MeV,
                                section.required<double>("daughter_mass_MeV", positive()),
                                section.required<double>("other_mass_MeV", not_negative())};
        double const width = section.optional<double>("bin_width_MeV", 4.0, between(0.1, 100.0));
        double const highest = config_.model.resolution ? config_.model.resolution->from_high_MeV.maxCoeff()
                                                        : config_.data.bins.k_high_MeV.maxCoeff();
        auto const rows = static_cast<Eigen::Index>(std::ceil(highest / width)) + 1;
        Eigen::ArrayXd const low = width * Eigen::ArrayXd::LinSpaced(rows, 0.0, static_cast<double>(rows - 1));
        try {
            return decay_feed_down(decay, low, low + width, width);
        } catch (InputError const& error) {
            section.fail("daughter_mass_MeV", std::string("does not go with the pair: ") + error.what());
        }
    }

    MomentumMatrix read_matrix(Section const& section) {
        auto const path = section.required<std::string>("file");
        return read_momentum_matrix(comm_, path, section.optional<bool>("normalise", false));
    }

    void read_bins(Section const& section) {
        auto const points = section.optional<std::int64_t>("points", 3, at_least(1));
        if (points > 64) section.fail("points", "must be at most 64");
        config_.model.points_per_bin = static_cast<int>(points);
        if (!section.has("weight_file")) return;
        config_.model.weight = read_weight(section.required<std::string>("weight_file"), comm_);
    }

    Section root_;
    Communicator const& comm_;
    ModelNumberReader numbers_;
    FitConfig& config_;
};

/// Nothing can be said against the model where the fit starts.
void check_start(Section const& root, FitConfig const& config) {
    Eigen::VectorXd start(static_cast<Eigen::Index>(config.parameters.size()));
    for (Eigen::Index i = 0; i < start.size(); ++i) start[i] = config.parameters[static_cast<std::size_t>(i)].start;
    try {
        CorrelationModel(config.model, config.data.bins).in_bins(start);
    } catch (InputError const& error) {
        throw InputError(root.where("source") + ": the model cannot be computed where the fit starts: " + error.what());
    }
}

}  // namespace

FitConfig read_fit_config(Section const& root, Communicator const& comm) {
    FitConfig config;
    config.data = read_measured_data(root.section("data"), comm);
    ModelReader(root, comm, config).read();
    if (config.parameters.empty())
        root.fail("source", "and all else is fixed; write a number as {start: ..., min: ..., max: ...} to fit it");
    auto const bins = config.data.bins.size(), free = static_cast<Eigen::Index>(config.parameters.size());
    if (bins < free)
        root.section("data").fail("file",
                                  fmt::format("leaves {} bins in the range, too few for {} parameters", bins, free));
    Section const fit = root.optional_section("fit");
    config.profile = fit.optional<bool>("profile", true);
    config.more_starts = static_cast<int>(fit.optional<std::int64_t>("more_starts", 0, at_least(0)));
    config.seed = static_cast<std::uint64_t>(fit.optional<std::int64_t>("seed", 1, at_least(0)));
    Section const output = root.section("output");
    config.file = output.optional<std::string>("file", "");
    config.table = output.optional<std::string>("table", "");
    if (config.file.empty() && config.table.empty())
        root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    agree(comm, [&] { check_start(root, config); });
    return config;
}

}  // namespace hadronforce
