#pragma once

#include "femtoscopy/pair_memory.hpp"
#include "hadronforce/femtoscopy/adaptive_bin_average.hpp"
#include "hadronforce/femtoscopy/decay_feed_down.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

namespace hadronforce {

/// C of pairs of spectators and daughters in bins, from that of the mothers' pair as a function of parameters. C of the
/// mothers, times the weight of the decay, is a polynomial through 24 momenta on each of some panels, which are halved
/// until the means over mothers are known to the tolerance. With a memory.
class DaughtersInBins {
  public:
    /// `typical`: parameters for whose needs the panels begin. Throws InputError for a decay that cannot happen.
    DaughtersInBins(PairModel mothers, MotherDecay const& decay, AdaptiveBinAverage seen,
                    std::optional<Eigen::VectorXd> const& typical);

    /// One average for each bin, to the pair's tolerance. Throws InputError for parameters that the model refuses,
    /// ConvergenceError.
    Eigen::ArrayXd const& averages(Eigen::VectorXd const& parameters);

  private:
    /// C of mothers times the decay's weight, in panels whose coordinate is their momentum less first_MeV_.
    struct Curve {
        GaussPanels panels;
        Eigen::ArrayXd values;   // at the panels' nodes
        Eigen::ArrayXd at_bins;  // C of daughters at the nodes of the bins
    };
    Curve curve(Eigen::VectorXd const& parameters, double tolerance);
    /// Panels that need halving, for the means over them and for resonances.
    std::set<std::size_t> unresolved(Curve const& curve, std::vector<Eigen::ArrayXd> const& phases_rad,
                                     double tolerance) const;
    /// Rows: momenta of daughters; times the values at the nodes of panels it is C.
    Eigen::MatrixXd means(GaussPanels const& panels, Eigen::ArrayXd const& k_star_MeV) const;
    Eigen::ArrayXd average(Eigen::VectorXd const& parameters);

    double tolerance_;
    DecayFeedDown decay_;
    AdaptiveBinAverage seen_;
    SolversByMomenta solvers_;
    double first_MeV_ = 0.0;          // where panels begin
    std::vector<double> edges_MeV_;   // of the panels at first
    Eigen::MatrixXd means_at_first_;  // at the nodes of the bins
    ByParameters<Eigen::ArrayXd> averages_;
};

}  // namespace hadronforce
