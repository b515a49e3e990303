#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace hadronforce {

/// Data of each of a model's measurements, in their order; together their bins stand one after the other.
class MeasuredParts {
  public:
    MeasuredParts(MeasuredCorrelation only);  // NOLINT(google-explicit-constructor)
    explicit MeasuredParts(std::vector<MeasuredCorrelation> all);

    std::vector<MeasuredCorrelation> const& all() const noexcept { return all_; }
    Eigen::Index size() const noexcept { return k_star_MeV_.size(); }
    Eigen::ArrayXd const& k_star_MeV() const noexcept { return k_star_MeV_; }
    Eigen::ArrayXd const& correlation() const noexcept { return correlation_; }
    /// The paths, for messages.
    std::string path() const;
    /// Path and line of a bin.
    std::string where(Eigen::Index bin) const;
    /// Where the bins of a measurement begin.
    Eigen::Index begin(std::size_t measurement) const;

  private:
    std::vector<MeasuredCorrelation> all_;
    Eigen::ArrayXd k_star_MeV_, correlation_;
};

/// The bins, counted over all measurements, whose k* lies within their measurement's momenta (to 1e-6).
std::vector<Eigen::Index> bins_within(FeatureTransform const& transform, MeasuredParts const& data);
/// The same of one measurement, counted by itself.
std::vector<Eigen::Index> bins_within(FeatureTransform const& transform, MeasuredParts const& data,
                                      std::size_t measurement);

}  // namespace hadronforce
