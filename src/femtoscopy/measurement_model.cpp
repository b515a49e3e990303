#include "hadronforce/femtoscopy/measurement_model.hpp"

#include "femtoscopy/daughters_in_bins.hpp"
#include "femtoscopy/pair_memory.hpp"
#include "hadronforce/femtoscopy/adaptive_bin_average.hpp"
#include "hadronforce/femtoscopy/gaussian_resolution.hpp"

#include <functional>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

namespace hadronforce {
namespace {

/// A pair in bins as a function of parameters, with a memory.
class PairInBins {
  public:
    /// What becomes of the averages over the bins.
    using Transformation = std::function<Eigen::ArrayXd(Eigen::ArrayXd const& averages)>;

    /// `typical`: parameters for whose needs the averages begin; none: for those of smooth curves.
    PairInBins(PairModel model, AdaptiveBinAverage bins, std::optional<Eigen::VectorXd> const& typical,
               Transformation transformation = {})
        : model_(std::move(model)),
          bins_(std::move(bins)),
          transformation_(std::move(transformation)),
          solver_(model_.solver(bins_.nodes_MeV())),
          elsewhere_(model_),
          known_(model_) {
        if (typical && !bins_.are_points()) begin_for(*typical);
    }

    /// At the nodes with which the averages begin.
    PairSolution const& solution(Eigen::VectorXd const& parameters) { return at(parameters).solution; }

    PairSolution solution_at(Eigen::ArrayXd const& k_star_MeV, Eigen::VectorXd const& parameters) {
        return elsewhere_.at(k_star_MeV).solve(parameters);
    }

    Eigen::ArrayXd const& averages(Eigen::VectorXd const& parameters) {
        Entry& entry = at(parameters);
        if (bins_.are_points() && !transformation_) return entry.solution.correlation;
        if (!entry.averages) {
            auto const elsewhere = [&](Eigen::ArrayXd const& k_star_MeV) {
                return curve(elsewhere_.at(k_star_MeV).solve(parameters));
            };
            entry.averages = bins_.average(curve(entry.solution), elsewhere, model_.tolerance);
            if (transformation_) entry.averages = transformation_(*entry.averages);
        }
        return *entry.averages;
    }

  private:
    struct Entry {
        PairSolution solution;
        std::optional<Eigen::ArrayXd> averages;
    };

    void begin_for(Eigen::VectorXd const& typical) {
        constexpr double margin = 0.1;  // others need a little more
        auto const elsewhere = [&](Eigen::ArrayXd const& k_star_MeV) {
            return curve(model_.solver(k_star_MeV)->solve(typical));
        };
        try {
            bins_ = bins_.begun_for(curve(solver_->solve(typical)), elsewhere, margin * model_.tolerance);
            solver_ = model_.solver(bins_.nodes_MeV());
        } catch (std::runtime_error const&) {  // others may do
        }
    }

    static CurveAtNodes curve(PairSolution const& solution) { return {solution.correlation, solution.phases_rad()}; }

    Entry& at(Eigen::VectorXd const& parameters) {
        return known_.at(parameters, [this](Eigen::VectorXd const& p) {
            return Entry{solver_->solve(p), std::nullopt};
        });
    }

    PairModel model_;
    AdaptiveBinAverage bins_;
    Transformation transformation_;
    std::unique_ptr<PairSolver> solver_;
    SolversByMomenta elsewhere_;
    ByParameters<Entry> known_;
};

/// Pairs of mothers have momenta up to those of the matrix: phase space, whatever weighs the measured ones.
BinAverage::Weight const mothers_weight = BinAverage::phase_space;

/// Averages over the columns of a matrix, and from there over bins of what is seen.
PairInBins pairs_of_mothers(PairModel const& pair, MomentumMatrix const& mothers, int points,
                            AdaptiveBinAverage const& seen, std::optional<Eigen::VectorXd> const& typical) {
    double const tolerance = pair.tolerance;
    auto const fed = [mothers, tolerance, seen](Eigen::ArrayXd const& averages) {
        auto const at = [&](Eigen::ArrayXd const& k_star_MeV) {
            return CurveAtNodes{fed_down(mothers, averages, k_star_MeV), {}};
        };
        return seen.average(at(seen.nodes_MeV()), at, tolerance);
    };
    return {pair, AdaptiveBinAverage(mothers.from_low_MeV, mothers.from_high_MeV, points, mothers_weight), typical,
            fed};
}

/// Pairs that are not genuine, in the bins of the genuine ones.
struct Contribution {
    ModelNumber lambda;
    std::variant<std::monostate, PairInBins, DaughtersInBins> pairs;  ///< none: flat

    Contribution(ContributionModel const& model, int points, AdaptiveBinAverage const& bins,
                 std::optional<Eigen::VectorXd> const& typical)
        : lambda(model.lambda) {
        if (!model.pair) return;
        if (model.decay)
            pairs.emplace<DaughtersInBins>(*model.pair, *model.decay, bins, typical);
        else if (model.mothers)
            pairs.emplace<PairInBins>(pairs_of_mothers(*model.pair, *model.mothers, points, bins, typical));
        else
            pairs.emplace<PairInBins>(*model.pair, bins, typical);
    }

    /// lambda (C - 1); nothing of what is flat.
    std::optional<Eigen::ArrayXd> added(Eigen::VectorXd const& parameters) {
        auto const of = [&](auto& in_bins) -> Eigen::ArrayXd {
            return lambda.at(parameters) * (in_bins.averages(parameters) - 1.0);
        };
        if (auto* same = std::get_if<PairInBins>(&pairs)) return of(*same);
        if (auto* daughters = std::get_if<DaughtersInBins>(&pairs)) return of(*daughters);
        return std::nullopt;
    }
};

}  // namespace

struct CorrelationModel::Work {
    MeasurementModel model;
    Eigen::ArrayXd middle_MeV;
    AdaptiveBinAverage measured;
    std::optional<MomentumMatrix> resolution;  // rows are the measured bins
    AdaptiveBinAverage bins_of_pairs;          // true ones where there is a resolution
    PairInBins genuine;
    std::vector<Contribution> contributions;
    Eigen::ArrayXd shape_less_1;  // of the baseline's template; empty: not known yet

    Work(MeasurementModel const& given, Eigen::ArrayXd const& k_low_MeV, Eigen::ArrayXd const& k_high_MeV)
        : model(given),
          middle_MeV(0.5 * (k_low_MeV + k_high_MeV)),
          measured(k_low_MeV, k_high_MeV, given.points_per_bin, given.weight),
          resolution(given.resolution_in(k_low_MeV, k_high_MeV)),
          bins_of_pairs(resolution ? AdaptiveBinAverage(resolution->from_low_MeV, resolution->from_high_MeV,
                                                        given.points_per_bin, given.weight)
                                   : measured),
          genuine(given.pair, bins_of_pairs, given.typical) {
        for (auto const& contribution : given.contributions)
            contributions.emplace_back(contribution, given.points_per_bin, bins_of_pairs, given.typical);
    }

    Eigen::ArrayXd genuine_added(Eigen::VectorXd const& numbers) {
        return model.lambda.at(numbers) * (genuine.averages(numbers) - 1.0);
    }

    /// What is true in the pairs' bins, as a detector sees it: resolution, normalisation, baseline.
    Eigen::ArrayXd seen(Eigen::ArrayXd c, Eigen::VectorXd const& numbers) {
        if (resolution) c = (resolution->weights * c.matrix()).array().eval();
        c *= model.normalisation.at(numbers);
        if (!model.baseline.empty() || model.baseline_template) c *= baseline(numbers);
        return c;
    }

    /// Over the measured bins.
    template <class Curve>
    Eigen::ArrayXd in_measured_bins(Curve const& curve) const {
        auto const at = [&](Eigen::ArrayXd const& k_star_MeV) { return CurveAtNodes{curve(k_star_MeV), {}}; };
        CurveAtNodes const at_nodes = at(measured.nodes_MeV());
        return measured.are_points() ? at_nodes.values : measured.average(at_nodes, at, model.pair.tolerance);
    }

    Eigen::ArrayXd baseline(Eigen::VectorXd const& parameters) {
        Eigen::ArrayXd sum = in_measured_bins([&](Eigen::ArrayXd const& k_star_MeV) -> Eigen::ArrayXd {
            Eigen::ArrayXd const k_GeV = 1e-3 * k_star_MeV;
            Eigen::ArrayXd polynomial = Eigen::ArrayXd::Zero(k_GeV.size());
            for (auto c = model.baseline.rbegin(); c != model.baseline.rend(); ++c)
                polynomial = (polynomial + c->at(parameters)) * k_GeV;
            return 1.0 + polynomial;
        });
        if (!model.baseline_template) return sum;
        if (shape_less_1.size() == 0)
            shape_less_1 = in_measured_bins([&](Eigen::ArrayXd const& k_star_MeV) -> Eigen::ArrayXd {
                               return k_star_MeV.unaryExpr(model.baseline_template->at);
                           }) -
                           1.0;
        return sum + model.baseline_template->scale.at(parameters) * shape_less_1;
    }
};

std::optional<MomentumMatrix> MeasurementModel::resolution_in(Eigen::ArrayXd const& k_low_MeV,
                                                              Eigen::ArrayXd const& k_high_MeV) const {
    if (resolution_sigma_MeV) return gaussian_resolution(k_low_MeV, k_high_MeV, *resolution_sigma_MeV, weight);
    if (resolution) return rows_of_bins(*resolution, k_low_MeV, k_high_MeV);
    return std::nullopt;
}

CorrelationModel::CorrelationModel(MeasurementModel const& model, Eigen::ArrayXd const& k_low_MeV,
                                   Eigen::ArrayXd const& k_high_MeV)
    : work_(std::make_unique<Work>(model, k_low_MeV, k_high_MeV)) {}
CorrelationModel::~CorrelationModel() = default;
CorrelationModel::CorrelationModel(CorrelationModel&&) noexcept = default;
CorrelationModel& CorrelationModel::operator=(CorrelationModel&&) noexcept = default;

Eigen::ArrayXd CorrelationModel::in_bins(Eigen::VectorXd const& parameters) {
    Work& w = *work_;
    Eigen::VectorXd const numbers = w.model.numbers_of(parameters);
    // What the lambdas leave of 1 is flat.
    Eigen::ArrayXd c = 1.0 + w.genuine_added(numbers);
    for (auto& contribution : w.contributions)
        if (auto const added = contribution.added(numbers)) c += *added;
    return w.seen(std::move(c), numbers);
}

PartsOfCorrelation CorrelationModel::parts_in_bins(Eigen::VectorXd const& parameters) {
    Work& w = *work_;
    Eigen::VectorXd const numbers = w.model.numbers_of(parameters);
    PartsOfCorrelation parts;
    parts.genuine = w.seen(w.genuine_added(numbers), numbers);
    Eigen::ArrayXd const one = Eigen::ArrayXd::Ones(w.genuine.averages(numbers).size());
    parts.baseline = w.seen(one, numbers);
    for (auto& contribution : w.contributions) {
        auto const added = contribution.added(numbers);
        parts.contributions.push_back(w.seen(added ? *added : 0.0 * one, numbers));
    }
    return parts;
}

Eigen::ArrayXd CorrelationModel::genuine_in_bins(Eigen::VectorXd const& parameters) {
    Work& w = *work_;
    if (!w.resolution) return w.genuine.averages(w.model.numbers_of(parameters));
    return PairInBins(w.model.pair, w.measured, std::nullopt).averages(w.model.numbers_of(parameters));
}

PairSolution const& CorrelationModel::genuine(Eigen::VectorXd const& parameters) {
    return work_->genuine.solution(work_->model.numbers_of(parameters));
}

PairSolution CorrelationModel::genuine_in_middle(Eigen::VectorXd const& parameters) {
    Work& w = *work_;
    if (w.measured.are_points() && !w.resolution) return w.genuine.solution(w.model.numbers_of(parameters));
    return w.genuine.solution_at(w.middle_MeV, w.model.numbers_of(parameters));
}

}  // namespace hadronforce
