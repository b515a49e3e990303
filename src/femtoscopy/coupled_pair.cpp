#include "hadronforce/femtoscopy/coupled_pair.hpp"

#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <cmath>
#include <utility>

namespace hadronforce {
namespace {

/// What is known of the scattering, with its value.
struct NumberOfScattering {
    Quantity quantity;
    double (*of)(CoupledScattering const&);
};

std::vector<NumberOfScattering> const& at_threshold() {
    static std::vector<NumberOfScattering> const numbers{
        {{"a0_real_fm", "fm", "real part of the scattering length, f = -a0 at threshold"},
         [](CoupledScattering const& s) { return s.scattering_length_fm->real(); }},
        {{"a0_imaginary_fm", "fm", "imaginary part of the scattering length"},
         [](CoupledScattering const& s) { return s.scattering_length_fm->imag(); }}};
    return numbers;
}

std::vector<NumberOfScattering> const& at_ends() {
    static std::vector<NumberOfScattering> const numbers{
        {{"delta_k_min_rad", "rad", "phase shift of S_11 at the smallest k*"},
         [](CoupledScattering const& s) { return s.delta_rad[0]; }},
        {{"inelasticity_k_min", "1", "|S_11| at the smallest k*"},
         [](CoupledScattering const& s) { return s.inelasticity[0]; }},
        {{"delta_k_max_rad", "rad", "phase shift of S_11 at the largest k*"},
         [](CoupledScattering const& s) { return s.delta_rad[s.delta_rad.size() - 1]; }},
        {{"inelasticity_k_max", "1", "|S_11| at the largest k*"},
         [](CoupledScattering const& s) { return s.inelasticity[s.inelasticity.size() - 1]; }}};
    return numbers;
}

/// Of those that the observed channel has.
std::vector<NumberOfScattering> numbers_of(CoupledModel const& model) {
    std::vector<NumberOfScattering> numbers;
    auto const& observed = model.channels.front().channel;
    if (observed.orbital == 0 && observed.charge_product == 0.0) numbers = at_threshold();
    numbers.insert(numbers.end(), at_ends().begin(), at_ends().end());
    return numbers;
}

struct CurveOfScattering {
    Quantity quantity;
    Eigen::ArrayXd (*of)(CoupledScattering const&);
};

std::vector<CurveOfScattering> const& curves_of_scattering() {
    static std::vector<CurveOfScattering> const curves{
        {{"s11_real", "1", "real part of S_11, beside Coulomb phases"},
         [](CoupledScattering const& s) -> Eigen::ArrayXd { return s.s11.real(); }},
        {{"s11_imaginary", "1", "imaginary part of S_11"},
         [](CoupledScattering const& s) -> Eigen::ArrayXd { return s.s11.imag(); }},
        {{"delta_rad", "rad", "phase shift of S_11 = inelasticity exp(2i delta)"},
         [](CoupledScattering const& s) { return s.delta_rad; }},
        {{"inelasticity", "1", "|S_11|"}, [](CoupledScattering const& s) { return s.inelasticity; }}};
    return curves;
}

class CoupledSolver final : public PairSolver {
  public:
    CoupledSolver(CoupledModel model, Eigen::ArrayXd const& k_star_MeV, double tolerance)
        : model_(std::move(model)),
          solver_(model_.physical_channels(), k_star_MeV, tolerance),
          numbers_(numbers_of(model_)) {}

    PairSolution solve(Eigen::VectorXd const& parameters) override {
        std::vector<std::unique_ptr<Source>> sources;
        std::vector<ChannelSource> production;
        for (auto const& channel : model_.channels) {
            sources.push_back(make_source(channel.source.form, channel.source.at(parameters)));
            production.push_back({sources.back().get(), channel.weight.at(parameters)});
        }
        auto result = solver_.solve(model_.potential_matrix(parameters), production);
        PairSolution solution;
        solution.correlation = std::move(result.correlation);
        solution.error_estimate = result.error_estimate;
        solution.numbers.resize(static_cast<Eigen::Index>(numbers_.size()));
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            solution.numbers[static_cast<Eigen::Index>(i)] = numbers_[i].of(result.scattering);
        for (auto const& curve : curves_of_scattering()) solution.curves.push_back(curve.of(result.scattering));
        for (Eigen::Index c = 0; c < result.contributions.rows(); ++c)
            solution.curves.emplace_back(result.contributions.row(c).transpose());
        return solution;
    }

  private:
    CoupledModel model_;
    CoupledCorrelationSolver solver_;
    std::vector<NumberOfScattering> numbers_;
};

/// What the channel adds to C.
std::string contribution(std::size_t channel) { return "contributions[" + std::to_string(channel) + "]"; }

}  // namespace

std::vector<Channel> CoupledModel::physical_channels() const {
    std::vector<Channel> result;
    for (auto const& channel : channels) result.push_back(channel.channel);
    return result;
}

double CoupledModel::reduced_mass_MeV(int first, int second) const {
    auto const mass = [&](int i) { return channels[static_cast<std::size_t>(i)].channel.reduced_mass_MeV; };
    return std::sqrt(mass(first) * mass(second));
}

PotentialMatrix CoupledModel::potential_matrix(Eigen::VectorXd const& parameters) const {
    PotentialMatrix matrix(static_cast<int>(channels.size()));
    for (auto const& entry : potentials) {
        double const mass = reduced_mass_MeV(entry.first, entry.second);
        auto const part = [&](std::optional<ModelForm> const& form) -> std::shared_ptr<LocalPotential const> {
            return form ? make_potential(form->form, form->at(parameters), mass) : nullptr;
        };
        matrix.set(entry.first, entry.second, part(entry.real), part(entry.imaginary));
    }
    return matrix;
}

std::string CoupledPair::interaction_name() const {
    return std::to_string(model_.channels.size()) + " coupled channel" + (model_.channels.size() == 1 ? "" : "s");
}

void CoupledPair::for_each_source(std::function<void(ModelForm const&)> const& visit) const {
    for (auto const& channel : model_.channels) visit(channel.source);
}

void CoupledPair::for_each_potential(std::function<void(ModelForm const&)> const& visit) const {
    for (auto const& entry : model_.potentials) {
        if (entry.real) visit(*entry.real);
        if (entry.imaginary) visit(*entry.imaginary);
    }
}

void CoupledPair::for_each_number(std::function<void(ModelNumber const&)> const& visit) const {
    for (auto const& channel : model_.channels) visit(channel.weight);
}

std::vector<PlacedPotential> CoupledPair::potentials(Eigen::VectorXd const& parameters) const {
    std::vector<PlacedPotential> result;
    for (std::size_t i = 0; i < model_.potentials.size(); ++i) {
        auto const& entry = model_.potentials[i];
        double const mass = model_.reduced_mass_MeV(entry.first, entry.second);
        std::string const path = "coupled.potentials[" + std::to_string(i) + "].";
        auto const add = [&](std::optional<ModelForm> const& form, char const* part) {
            if (form)
                result.push_back(
                    {path + part, make_potential(form->form, form->at(parameters), mass), form->has_parameters()});
        };
        add(entry.real, "real");
        add(entry.imaginary, "imaginary");
    }
    return result;
}

void CoupledPair::check(Eigen::VectorXd const& parameters) const {
    potentials(parameters);
    for (auto const& channel : model_.channels) make_source(channel.source.form, channel.source.at(parameters));
}

PairQuantities CoupledPair::quantities() const {
    PairQuantities result;
    for (auto const& number : numbers_of(model_)) result.numbers.push_back(number.quantity);
    for (auto const& curve : curves_of_scattering()) result.curves.push_back(curve.quantity);
    for (std::size_t c = 0; c < model_.channels.size(); ++c)
        result.curves.push_back(
            {contribution(c), "1", "what pairs produced in channel " + model_.channels[c].name + " add to C(k*)"});
    return result;
}

std::vector<CoupledChannelOfPair> CoupledPair::coupled_channels(Eigen::VectorXd const& parameters) const {
    std::vector<CoupledChannelOfPair> all;
    for (std::size_t c = 0; c < model_.channels.size(); ++c) {
        auto const& channel = model_.channels[c];
        all.push_back({contribution(c), channel.name, channel.channel.threshold_MeV, channel.weight.at(parameters)});
    }
    return all;
}

std::unique_ptr<PairSolver> CoupledPair::solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const {
    return std::make_unique<CoupledSolver>(model_, k_star_MeV, tolerance);
}

}  // namespace hadronforce
