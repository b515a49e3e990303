#pragma once

#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <Eigen/Core>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hadronforce {

/// A number of a model: given, or the parameter of that place.
struct ModelNumber {
    double value = 0.0;
    std::optional<Eigen::Index> parameter;
    double at(Eigen::VectorXd const& parameters) const { return parameter ? parameters[*parameter] : value; }
};

/// As PotentialParameters.
using ModelNumbers = std::map<std::string, std::vector<ModelNumber>>;

/// A potential or a source by a registered form.
struct ModelForm {
    std::string form;
    ModelNumbers numbers;
    PotentialParameters at(Eigen::VectorXd const& parameters) const;
    bool has_parameters() const;
};

/// A strong force in one partial wave.
struct WaveModel {
    int l = 0;
    ModelForm potential;
};

/// A SpinChannel.
struct ChannelModel {
    double weight = 1.0;
    Exchange exchange = Exchange::none;
    std::vector<WaveModel> waves;
};

/// Pairs whose spin channels and waves do not couple, solved by PairCorrelationSolver.
struct UncoupledModel {
    double reduced_mass_MeV = 0.0;
    int charge_product = 0;
    std::vector<ChannelModel> channels;
    ModelForm source;
    double charge_radius_fm = 0.0;  ///< of SmearedCharges, in the waves of `channels`; all others are those of points
};

/// One of some coupled channels, with how its pairs are produced.
struct CoupledChannelModel {
    std::string name;
    Channel channel;
    ModelNumber weight{1.0, {}};  ///< of the first 1
    ModelForm source;
};

/// An entry of the symmetric matrix of potentials, between channels counted from 0; complex with an imaginary part.
struct PotentialEntryModel {
    int first = 0;
    int second = 0;
    std::optional<ModelForm> real, imaginary;
};

/// Pairs of channels that turn into each other, solved by CoupledCorrelationSolver; the first is observed.
struct CoupledModel {
    std::vector<CoupledChannelModel> channels;
    std::vector<PotentialEntryModel> potentials;

    std::vector<Channel> physical_channels() const;
    /// What V_ij of two channels takes for its reduced mass: the geometric mean of both.
    double reduced_mass_MeV(int first, int second) const;
};

/// All that decides C(k*) of one kind of pair, up to the values of its parameters.
struct PairModel {
    std::string name;
    std::variant<UncoupledModel, CoupledModel> kind;
    double tolerance = 1e-6;  ///< largest error of C, relative to max(1, C)

    /// The potential's form where there is only an s-wave of different particles, else "4 channels, 4 waves", "2
    /// coupled channels".
    std::string interaction_name() const;
};

/// Places of the parameters that a model depends on, ascending.
std::vector<Eigen::Index> parameters_of(PairModel const& model);

/// The channels of a model at some values of its parameters. Throws InputError for a value out of range.
std::vector<SpinChannel> spin_channels(UncoupledModel const& model, Eigen::VectorXd const& parameters);
PotentialMatrix potential_matrix(CoupledModel const& model, Eigen::VectorXd const& parameters);

/// A potential of a model, and the path of a config under which it stands: "channels[0].waves[1]",
/// "coupled.potentials[2].real"; of a single wave of different particles "potential".
struct PlacedPotential {
    std::string path;
    std::shared_ptr<LocalPotential const> potential;
    bool varies;  ///< depends on a parameter
};
std::vector<PlacedPotential> potentials_of(PairModel const& model, Eigen::VectorXd const& parameters);

/// Throws InputError where a potential or source cannot be made of the parameters.
void check_model(PairModel const& model, Eigen::VectorXd const& parameters);

/// C(k*) of a model, and what scattering theory says of it.
struct PairSolution {
    Eigen::ArrayXd correlation;
    Eigen::VectorXd observables;             ///< as observable_names calls them
    int recomputed_waves = 0;                ///< that the finest grid did not bring to the tolerance, PairCorrelation's
    std::vector<Eigen::ArrayXd> phases_rad;  ///< of each wave, continuous in k*; none of coupled channels
};

/// Of every neutral s-wave a0_fm, r_eff_fm, bound_states, of every other wave the phase shifts at the smallest and
/// largest k*, delta_k_min_rad and delta_k_max_rad; "channels[0].waves[1]." stands before each unless there is only one
/// s-wave of different particles. Of coupled channels the phase and modulus of S_11 there, delta_k_min_rad,
/// inelasticity_k_min, ..., after a0_real_fm and a0_imaginary_fm where the first has l = 0 and no charge.
std::vector<std::string> observable_names(PairModel const& model);

/// Solves a model for the same momenta and any values of its parameters. Keeps tables between calls; one object a
/// thread.
class PairModelSolver {
  public:
    /// `k_star_MeV`: ascending. Throws InputError for momenta, masses or a tolerance that the solvers refuse.
    PairModelSolver(PairModel model, Eigen::ArrayXd const& k_star_MeV);
    ~PairModelSolver();
    PairModelSolver(PairModelSolver&&) noexcept;
    PairModelSolver& operator=(PairModelSolver&&) noexcept;

    /// Throws InputError for parameters that the model refuses, ConvergenceError.
    PairSolution solve(Eigen::VectorXd const& parameters);

  private:
    struct Kind;
    struct Uncoupled;
    struct Coupled;
    std::unique_ptr<Kind> kind_;
};

}  // namespace hadronforce
