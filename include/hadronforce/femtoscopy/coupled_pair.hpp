#pragma once

#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

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

struct CoupledModel {
    std::vector<CoupledChannelModel> channels;
    std::vector<PotentialEntryModel> potentials;

    std::vector<Channel> physical_channels() const;
    /// What V_ij of two channels takes for its reduced mass: the geometric mean of both.
    double reduced_mass_MeV(int first, int second) const;
    /// At some values of the parameters. Throws InputError for a value out of range.
    PotentialMatrix potential_matrix(Eigen::VectorXd const& parameters) const;
};

/// Pairs of channels that turn into each other, solved by CoupledCorrelationSolver; the first is observed. Numbers:
/// a0_real_fm and a0_imaginary_fm where the first has l = 0 and no charge, then phase and modulus of S_11 at the
/// smallest and largest k*, delta_k_min_rad, inelasticity_k_min, ...; curves: S_11, and what each channel adds to C.
class CoupledPair final : public PairKind {
  public:
    explicit CoupledPair(CoupledModel model) : model_(std::move(model)) {}
    CoupledModel const& model() const { return model_; }

    std::string interaction_name() const override;
    double reduced_mass_MeV() const override { return model_.channels.front().channel.reduced_mass_MeV; }
    ModelForm const* source() const override { return nullptr; }
    void for_each_potential(std::function<void(ModelForm const&)> const& visit) const override;
    void for_each_source(std::function<void(ModelForm const&)> const& visit) const override;
    void for_each_number(std::function<void(ModelNumber const&)> const& visit) const override;
    std::vector<PlacedPotential> potentials(Eigen::VectorXd const& parameters) const override;
    void check(Eigen::VectorXd const& parameters) const override;
    PairQuantities quantities() const override;
    int charge_product() const override {
        return static_cast<int>(std::lround(model_.channels.front().channel.charge_product));
    }
    std::vector<CoupledChannelOfPair> coupled_channels(Eigen::VectorXd const& parameters) const override;
    std::size_t waves() const override { return model_.channels.size() * model_.channels.size(); }
    std::unique_ptr<PairSolver> solver(Eigen::ArrayXd const& k_star_MeV, double tolerance) const override;

  private:
    CoupledModel model_;
};

inline std::shared_ptr<PairKind const> coupled_pair(CoupledModel model) {
    return std::make_shared<CoupledPair>(std::move(model));
}

}  // namespace hadronforce
