#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"

#include <utility>

namespace hadronforce {

struct PairModelSolver::Kind {
    virtual ~Kind() = default;
    virtual PairSolution solve(Eigen::VectorXd const& parameters) = 0;
};

namespace {

Eigen::VectorXd to_vector(std::vector<double> const& values) {
    return Eigen::Map<Eigen::VectorXd const>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

struct PairModelSolver::Uncoupled final : Kind {
    UncoupledModel model;
    PairCorrelationSolver solver;

    Uncoupled(UncoupledModel given, Eigen::ArrayXd const& k_star_MeV, double tolerance)
        : model(std::move(given)), solver(k_star_MeV, model.reduced_mass_MeV, model.charge_product, tolerance) {}

    PairSolution solve(Eigen::VectorXd const& parameters) override {
        auto const channels = spin_channels(model, parameters);
        auto const source = make_source(model.source.form, model.source.at(parameters));
        auto pair = solver.solve(channels, *source);
        std::vector<double> observables;
        for (std::size_t c = 0; c < channels.size(); ++c)
            for (std::size_t w = 0; w < channels[c].waves.size(); ++w) {
                ScatteringResult const& s = pair.waves[c][w].scattering;
                if (PartialWaveKind{channels[c].waves[w].l, model.charge_product}.neutral_s_wave())
                    observables.insert(observables.end(), {s.scattering_length_fm, s.effective_range_fm,
                                                           static_cast<double>(s.bound_states)});
                else
                    observables.insert(observables.end(), {s.delta_rad[0], s.delta_rad[s.delta_rad.size() - 1]});
            }
        PairSolution solution{std::move(pair.correlation), to_vector(observables), pair.recomputed_waves, {}};
        for (auto& waves : pair.waves)
            for (auto& wave : waves) solution.phases_rad.push_back(std::move(wave.scattering.delta_rad));
        return solution;
    }
};

struct PairModelSolver::Coupled final : Kind {
    CoupledModel model;
    CoupledCorrelationSolver solver;

    Coupled(CoupledModel given, Eigen::ArrayXd const& k_star_MeV, double tolerance)
        : model(std::move(given)), solver(model.physical_channels(), k_star_MeV, tolerance) {}

    PairSolution solve(Eigen::VectorXd const& parameters) override {
        std::vector<std::unique_ptr<Source>> sources;
        std::vector<ChannelSource> production;
        for (auto const& channel : model.channels) {
            sources.push_back(make_source(channel.source.form, channel.source.at(parameters)));
            production.push_back({sources.back().get(), channel.weight.at(parameters)});
        }
        auto result = solver.solve(potential_matrix(model, parameters), production);
        std::vector<double> observables;
        auto const& s = result.scattering;
        if (s.scattering_length_fm) observables = {s.scattering_length_fm->real(), s.scattering_length_fm->imag()};
        for (Eigen::Index j : {Eigen::Index{0}, s.delta_rad.size() - 1})
            observables.insert(observables.end(), {s.delta_rad[j], s.inelasticity[j]});
        return {std::move(result.correlation), to_vector(observables), 0, {}};
    }
};

PairModelSolver::PairModelSolver(PairModel model, Eigen::ArrayXd const& k_star_MeV) {
    if (auto* uncoupled = std::get_if<UncoupledModel>(&model.kind))
        kind_ = std::make_unique<Uncoupled>(std::move(*uncoupled), k_star_MeV, model.tolerance);
    else
        kind_ = std::make_unique<Coupled>(std::get<CoupledModel>(std::move(model.kind)), k_star_MeV, model.tolerance);
}

PairModelSolver::~PairModelSolver() = default;
PairModelSolver::PairModelSolver(PairModelSolver&&) noexcept = default;
PairModelSolver& PairModelSolver::operator=(PairModelSolver&&) noexcept = default;

PairSolution PairModelSolver::solve(Eigen::VectorXd const& parameters) { return kind_->solve(parameters); }

}  // namespace hadronforce
