#include "hadronforce/femtoscopy/measurement_model.hpp"

#include "hadronforce/femtoscopy/lambda_decomposition.hpp"

#include <map>
#include <utility>

namespace hadronforce {
namespace {

/// A pair at fixed momenta as a function of parameters, with a memory.
class PairCurve {
  public:
    PairCurve(PairModel const& model, Eigen::ArrayXd const& k_star_MeV)
        : depends_on_(parameters_of(model)), solver_(model, k_star_MeV) {}

    PairSolution const& at(Eigen::VectorXd const& parameters) {
        std::vector<double> key;
        for (auto place : depends_on_) key.push_back(parameters[place]);
        auto found = known_.find(key);
        if (found == known_.end()) {
            if (known_.size() >= most_known) known_.clear();
            found = known_.emplace(key, solver_.solve(parameters)).first;
        }
        return found->second;
    }

  private:
    /// Enough for a gradient and the step before it.
    static constexpr std::size_t most_known = 200;

    std::vector<Eigen::Index> depends_on_;  // places of parameters
    PairModelSolver solver_;
    std::map<std::vector<double>, PairSolution> known_;
};

/// Pairs that are not genuine, at the nodes of the genuine ones.
struct Contribution {
    ModelNumber lambda;
    std::optional<MomentumMatrix> mothers;
    std::optional<BinAverage> mother_bins;
    std::optional<PairCurve> curve;

    Contribution(ContributionModel const& model, BinAverage::Weight const& weight, int points,
                 Eigen::ArrayXd const& nodes_MeV)
        : lambda(model.lambda), mothers(model.mothers) {
        if (!model.pair) return;
        if (mothers) mother_bins.emplace(mothers->from_low_MeV, mothers->from_high_MeV, points, weight);
        curve.emplace(*model.pair, mothers ? mother_bins->nodes_MeV() : nodes_MeV);
    }

    Eigen::ArrayXd at(Eigen::VectorXd const& parameters, Eigen::ArrayXd const& nodes_MeV) {
        if (!curve) return Eigen::ArrayXd::Ones(nodes_MeV.size());
        Eigen::ArrayXd const& c = curve->at(parameters).correlation;
        return mothers ? fed_down(*mothers, mother_bins->average(c), nodes_MeV) : c;
    }
};

/// Pairs of mothers have momenta up to those of the matrix: phase space, whatever weighs the measured ones.
BinAverage::Weight const mothers_weight = BinAverage::phase_space;

}  // namespace

struct CorrelationModel::Work {
    MeasurementModel model;
    BinAverage measured;
    std::optional<MomentumMatrix> resolution;  // rows are the measured bins
    std::optional<BinAverage> true_bins;
    PairCurve genuine;
    std::vector<Contribution> contributions;

    Work(MeasurementModel const& given, Eigen::ArrayXd const& k_low_MeV, Eigen::ArrayXd const& k_high_MeV)
        : model(given),
          measured(k_low_MeV, k_high_MeV, given.points_per_bin, given.weight),
          resolution(given.resolution ? std::optional(rows_of_bins(*given.resolution, k_low_MeV, k_high_MeV))
                                      : std::nullopt),
          true_bins(resolution
                        ? std::optional<BinAverage>(std::in_place, resolution->from_low_MeV, resolution->from_high_MeV,
                                                    given.points_per_bin, given.weight)
                        : std::nullopt),
          genuine(given.pair, bins_of_pairs().nodes_MeV()) {
        for (auto const& contribution : given.contributions)
            contributions.emplace_back(contribution, mothers_weight, given.points_per_bin, bins_of_pairs().nodes_MeV());
    }

    BinAverage const& bins_of_pairs() const { return true_bins ? *true_bins : measured; }

    Eigen::ArrayXd baseline(Eigen::VectorXd const& parameters) const {
        Eigen::ArrayXd const k_GeV = 1e-3 * measured.nodes_MeV();
        Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(k_GeV.size());
        for (auto c = model.baseline.rbegin(); c != model.baseline.rend(); ++c) sum = (sum + c->at(parameters)) * k_GeV;
        return model.normalisation.at(parameters) * measured.average(1.0 + sum);
    }
};

CorrelationModel::CorrelationModel(MeasurementModel const& model, Eigen::ArrayXd const& k_low_MeV,
                                   Eigen::ArrayXd const& k_high_MeV)
    : work_(std::make_unique<Work>(model, k_low_MeV, k_high_MeV)) {}
CorrelationModel::~CorrelationModel() = default;
CorrelationModel::CorrelationModel(CorrelationModel&&) noexcept = default;
CorrelationModel& CorrelationModel::operator=(CorrelationModel&&) noexcept = default;

Eigen::ArrayXd CorrelationModel::in_bins(Eigen::VectorXd const& parameters) {
    Work& w = *work_;
    std::vector<PairFraction> parts{{w.model.lambda.at(parameters), w.genuine.at(parameters).correlation}};
    for (auto& contribution : w.contributions)
        parts.push_back(
            {contribution.lambda.at(parameters), contribution.at(parameters, w.bins_of_pairs().nodes_MeV())});
    Eigen::ArrayXd c = w.bins_of_pairs().average(lambda_decomposition(parts));
    if (w.resolution) c = (w.resolution->weights * c.matrix()).array().eval();
    return w.baseline(parameters) * c;
}

Eigen::ArrayXd CorrelationModel::genuine_in_bins(Eigen::VectorXd const& parameters) {
    Work& w = *work_;
    if (!w.true_bins) return w.measured.average(w.genuine.at(parameters).correlation);
    PairCurve curve(w.model.pair, w.measured.nodes_MeV());
    return w.measured.average(curve.at(parameters).correlation);
}

PairSolution const& CorrelationModel::genuine(Eigen::VectorXd const& parameters) {
    return work_->genuine.at(parameters);
}

}  // namespace hadronforce
