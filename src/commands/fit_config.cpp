#include "commands/fit_config.hpp"

#include "commands/model_numbers.hpp"
#include "commands/physics_config.hpp"
#include "commands/table_config.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/decay_feed_down.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/measurement/momentum_matrix_file.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

/// Letters of partial waves from l = 0 on.
constexpr char wave_letters[] = "spdfghi";

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
        auto const charge = section.section("pair").optional<std::int64_t>("charge_product", 0);
        if (charge < -100 || charge > 100)
            section.section("pair").fail("charge_product", "must lie between -100 and 100");
        model.charge_product = static_cast<int>(charge);
        if (section.has("channels") == section.has("potential"))
            section.fail("channels", section.has("channels")
                                         ? "is given and potential too; keep one"
                                         : "is missing; give channels, or a potential for the s-wave");
        if (section.has("potential")) {
            model.channels.push_back({1.0, Exchange::none, {read_wave(section.section("potential"), 0)}});
            return pair.name;
        }
        Section const channels = section.section("channels");
        double sum = 0.0;
        for (auto const& name : channels.keys()) {
            model.channels.push_back(read_channel(channels.section(name)));
            sum += model.channels.back().weight;
        }
        if (model.channels.empty()) section.fail("channels", "must name at least one channel");
        for (auto& channel : model.channels) channel.weight /= sum;
        return pair.name;
    }

    ChannelModel read_channel(Section const& section) {
        ChannelModel channel;
        channel.weight = section.required<double>("weight", positive());
        auto const exchange = section.optional<std::string>("exchange", "none", one_of({"none", "even", "odd"}));
        channel.exchange = exchange == "even" ? Exchange::even : exchange == "odd" ? Exchange::odd : Exchange::none;
        Section const waves = section.optional_section("waves");
        for (auto const& name : waves.keys()) {
            std::string const letters = wave_letters;
            auto const l = name.size() == 1 ? letters.find(name) : std::string::npos;
            if (l == std::string::npos) waves.fail(name, "is no partial wave; write s, p, d, f, g, h or i");
            if (channel.exchange != Exchange::none && (l % 2 == 0) != (channel.exchange == Exchange::even))
                waves.fail(name,
                           fmt::format("does not exist where exchange is {}; s, d, g are even, p, f, h odd", exchange));
            channel.waves.push_back(read_wave(waves.section(name), static_cast<int>(l)));
        }
        return channel;
    }

    WaveModel read_wave(Section const& section, int l) {
        WaveModel wave;
        wave.l = l;
        if (section.has("preset")) {
            auto const name = section.required<std::string>("preset");
            try {
                auto const& preset = potential_preset(name);
                wave.form = preset.form;
                wave.potential = given(preset.parameters);
            } catch (InputError const& error) {
                section.fail("preset", std::string("is not known: ") + error.what());
            }
            return wave;
        }
        wave.form = section.required<std::string>("form");
        if (wave.form == "spin_isospin_table") {
            wave.form = "gaussians_plus_pions";
            wave.potential = given(read_spin_isospin_table(section, comm_));
            return wave;
        }
        try {
            potential_form(wave.form);
        } catch (InputError const& error) {
            section.fail("form", std::string("is not known: ") + error.what());
        }
        if (wave.form == "tabulated" && section.has("file"))
            wave.potential = given_table(section, {"radii_fm", "values_MeV", "V_MeV"});
        read_parameters(section, potential_form(wave.form).parameters, wave.potential);
        return wave;
    }

    void read_source(Section const& section, PairModel& model) {
        model.source_form = section.required<std::string>("form");
        try {
            source_form(model.source_form);
        } catch (InputError const& error) {
            section.fail("form", std::string("is not known: ") + error.what());
        }
        if (model.source_form == "tabulated" && section.has("file"))
            model.source = given_table(section, {"radii_fm", "values_per_fm3", "S_per_fm3"});
        read_parameters(section, source_form(model.source_form).parameters, model.source);
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

    ModelNumbers given_table(Section const& section, TableNames const& names) {
        PotentialParameters table;
        read_table(section, comm_, names, table);
        return given(table);
    }

    ContributionModel read_contribution(Section const& section, std::string const& name) {
        ContributionModel contribution;
        contribution.name = name;
        contribution.lambda = numbers_.number(section, "lambda", std::nullopt);
        if (!section.has("pair")) return contribution;  // flat
        PairModel pair = config_.model.pair;            // its source and tolerance, unless there is an own one
        pair.channels.clear();
        if (section.has("source")) {
            pair.source.clear();
            read_source(section.section("source"), pair);
        }
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
