#include "hadronforce/femtoscopy/nonlocal_pair.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/nonlocal_correlation.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/interaction/smeared_charges.hpp"
#include "hadronforce/units/constants.hpp"

#include <vector>

namespace hadronforce {
namespace {

/// Known well beyond any tolerance of C.
constexpr double tolerance_of_charges = 1e-9;

struct Parts {
    std::shared_ptr<LocalPotential const> local;
    std::shared_ptr<NonlocalPotential const> nonlocal;
};

std::shared_ptr<LocalPotential const> local_of(NonlocalModel const& model, Eigen::VectorXd const& parameters) {
    if (!model.local_form) return model.local;
    return with_charges(
        make_potential(model.local_form->form, model.local_form->at(parameters), model.reduced_mass_MeV),
        model.charge_product, model.charge_radius_fm);
}

Parts parts_of(NonlocalModel const& model, Eigen::VectorXd const& parameters) {
    std::map<std::string, double> values;
    for (auto const& [key, number] : model.numbers) values[key] = number.at(parameters);
    return {local_of(model, parameters), model.make_nonlocal ? model.make_nonlocal(values) : nullptr};
}

NonlocalSolver solver_of(NonlocalModel const& model, Parts const& parts, Eigen::ArrayXd const& k_star_MeV) {
    PartialWaveKind const wave{0, model.charge_product};
    return {Interaction{parts.local.get(), parts.nonlocal.get(), units::two_mu_over_hbar2(model.reduced_mass_MeV),
                        wave.two_eta_k_per_fm(model.reduced_mass_MeV)},
            units::wave_number_per_fm(k_star_MeV.maxCoeff()), model.tolerance};
}

/// Keeps the factorised interaction as long as its numbers stay.
class NonlocalPairSolver final : public PairSolver {
  public:
    NonlocalPairSolver(NonlocalModel model, std::vector<Eigen::Index> depends_on, Eigen::ArrayXd k_star_MeV,
                       double tolerance)
        : model_(std::move(model)),
          depends_on_(std::move(depends_on)),
          k_star_MeV_(std::move(k_star_MeV)),
          tolerance_(tolerance) {
        if (model_.charge_product != 0)
            of_charges_ = std::make_unique<PairCorrelationSolver>(k_star_MeV_, model_.reduced_mass_MeV,
                                                                  model_.charge_product, tolerance_of_charges);
    }

    PairSolution solve(Eigen::VectorXd const& parameters) override {
        auto const source = make_source(model_.source.form, model_.source.at(parameters));
        prepare(parameters);
        Eigen::ArrayXd const without =
            of_charges_ ? of_charges_->without_strong_force(Exchange::none, *source) : Eigen::ArrayXd();
        auto result = nonlocal_correlation(*solver_, *source, k_star_MeV_, without);
        PairSolution solution;
        solution.error_estimate = result.error_estimate + (of_charges_ ? tolerance_of_charges : 0.0);
        if (!(solution.error_estimate <= tolerance_))
            throw ConvergenceError("C of the non-local interaction is known to " +
                                   std::to_string(solution.error_estimate) + " only, beyond the tolerance");
        solution.correlation = std::move(result.correlation);
        solution.numbers = Eigen::Vector3d(result.scattering_length_fm, result.effective_range_fm,
                                           static_cast<double>(result.bound_states));
        solution.curves.push_back(std::move(result.delta_rad));
        solution.phases = {0};
        return solution;
    }

  private:
    void prepare(Eigen::VectorXd const& parameters) {
        std::vector<double> values;
        for (auto const place : depends_on_) values.push_back(parameters[place]);
        if (solver_ && values == values_) return;
        solver_.reset();
        parts_ = parts_of(model_, parameters);
        solver_ = std::make_unique<NonlocalSolver>(solver_of(model_, parts_, k_star_MeV_));
        values_ = std::move(values);
    }

    NonlocalModel model_;
    std::vector<Eigen::Index> depends_on_;  // places of the interaction's parameters
    Eigen::ArrayXd k_star_MeV_;
    double tolerance_;
    std::unique_ptr<PairCorrelationSolver> of_charges_;
    Parts parts_;
    std::unique_ptr<NonlocalSolver> solver_;  // of these parts
    std::vector<double> values_;
};

}  // namespace

void NonlocalPair::for_each_potential(std::function<void(ModelForm const&)> const& visit) const {
    if (model_.local_form) visit(*model_.local_form);
}

void NonlocalPair::for_each_number(std::function<void(ModelNumber const&)> const& visit) const {
    for (auto const& [key, number] : model_.numbers) visit(number);
}

std::vector<PlacedPotential> NonlocalPair::potentials(Eigen::VectorXd const& parameters) const {
    auto local = local_of(model_, parameters);
    if (!local) return {};
    return {{"potential", std::move(local), model_.local_form && model_.local_form->has_parameters()}};
}

void NonlocalPair::check(Eigen::VectorXd const& parameters) const {
    parts_of(model_, parameters);
    make_source(model_.source.form, model_.source.at(parameters));
}

PairQuantities NonlocalPair::quantities() const {
    bool const charged = model_.charge_product != 0;
    return {{{"a0_fm", "fm",
              charged ? "scattering length, C_0^2 k cot(delta) + 2 k eta h(eta) = -1/a0 + r_eff k^2/2"
                      : "scattering length, k cot(delta) = -1/a0 + r_eff k^2/2"},
             {"r_eff_fm", "fm", "effective range"},
             {"bound_states", "1", "number of bound states", true}},
            {{"delta_rad", "rad", charged ? "phase shift beside the Coulomb wave's" : "phase shift"}}};
}

std::vector<WaveOfPair> NonlocalPair::partial_waves(Eigen::VectorXd const& parameters) const {
    WaveOfPair wave;
    wave.kind.charge_product = model_.charge_product;
    wave.interaction = model_.name;
    wave.local = local_of(model_, parameters);
    return {wave};
}

std::vector<BoundStates> NonlocalPair::bound_states(Eigen::VectorXd const& parameters, Eigen::ArrayXd const& k_star_MeV,
                                                    PairSolution const&, int charged_levels) const {
    auto const parts = parts_of(model_, parameters);
    auto const solver = solver_of(model_, parts, k_star_MeV);
    int const levels = model_.charge_product == 0 ? 0 : charged_levels;
    auto const energy_MeV = [&](double kappa) {
        return -kappa * kappa / units::two_mu_over_hbar2(model_.reduced_mass_MeV);
    };
    BoundStates states;
    for (double const kappa : solver.binding_momenta(levels)) states.energies_MeV.push_back(energy_MeV(kappa));
    states.count = static_cast<int>(states.energies_MeV.size());
    if (double const least = solver.least_binding_momentum(levels); least > 0.0) states.limit_MeV = energy_MeV(least);
    return {states};
}

std::unique_ptr<PairSolver> NonlocalPair::solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const {
    NonlocalModel of_interaction = model_;
    of_interaction.source = {};
    PairModel const interaction{"", nonlocal_pair(std::move(of_interaction)), tolerance};
    return std::make_unique<NonlocalPairSolver>(model_, interaction.parameters(), k_star_MeV, tolerance);
}

}  // namespace hadronforce
