#include "hadronforce/inference/measured_parts.hpp"

#include <utility>

namespace hadronforce {
namespace {

Eigen::ArrayXd joined(std::vector<MeasuredCorrelation> const& all, Eigen::ArrayXd MeasuredCorrelation::*values) {
    Eigen::Index total = 0, at = 0;
    for (auto const& one : all) total += (one.*values).size();
    Eigen::ArrayXd result(total);
    for (auto const& one : all) {
        result.segment(at, (one.*values).size()) = one.*values;
        at += (one.*values).size();
    }
    return result;
}

}  // namespace

MeasuredParts::MeasuredParts(MeasuredCorrelation only)
    : MeasuredParts(std::vector<MeasuredCorrelation>{std::move(only)}) {}

MeasuredParts::MeasuredParts(std::vector<MeasuredCorrelation> all)
    : all_(std::move(all)),
      k_star_MeV_(joined(all_, &MeasuredCorrelation::k_star_MeV)),
      correlation_(joined(all_, &MeasuredCorrelation::correlation)) {}

std::string MeasuredParts::path() const {
    std::string text;
    for (auto const& one : all_) text += (text.empty() ? "" : ", ") + one.path;
    return text;
}

std::string MeasuredParts::where(Eigen::Index bin) const {
    std::size_t m = 0;
    while (bin >= all_.at(m).size()) bin -= all_[m++].size();
    return all_[m].where(bin);
}

Eigen::Index MeasuredParts::begin(std::size_t measurement) const {
    Eigen::Index at = 0;
    for (std::size_t m = 0; m < measurement; ++m) at += all_.at(m).size();
    return at;
}

std::vector<Eigen::Index> bins_within(FeatureTransform const& transform, MeasuredParts const& data,
                                      std::size_t measurement) {
    auto const k = transform.momenta_of(measurement);
    auto const& own = data.all().at(measurement).k_star_MeV;
    double const margin = 1e-6 * k[k.size() - 1];
    std::vector<Eigen::Index> bins;
    for (Eigen::Index i = 0; i < own.size(); ++i)
        if (own[i] >= k[0] - margin && own[i] <= k[k.size() - 1] + margin) bins.push_back(i);
    return bins;
}

std::vector<Eigen::Index> bins_within(FeatureTransform const& transform, MeasuredParts const& data) {
    std::vector<Eigen::Index> bins;
    for (std::size_t m = 0; m < data.all().size(); ++m)
        for (auto const bin : bins_within(transform, data, m)) bins.push_back(data.begin(m) + bin);
    return bins;
}

}  // namespace hadronforce
