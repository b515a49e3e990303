#include "hadronforce/dataset/sample_family.hpp"

#include "hadronforce/random/random.hpp"

namespace hadronforce {
namespace {

Eigen::ArrayXd of_all(std::vector<FamilyMeasurement> const& measurements, Eigen::ArrayXd FamilyMeasurement::*edges) {
    auto const parts = parts_of(measurements);
    Eigen::ArrayXd all(parts.total());
    for (std::size_t i = 0; i < measurements.size(); ++i)
        all.segment(parts.part(i).begin, parts.part(i).size()) = measurements[i].*edges;
    return all;
}

}  // namespace

Eigen::ArrayXd SampleFamily::k_low_MeV() const { return of_all(measurements, &FamilyMeasurement::k_low_MeV); }
Eigen::ArrayXd SampleFamily::k_high_MeV() const { return of_all(measurements, &FamilyMeasurement::k_high_MeV); }

std::vector<BinEdges> SampleFamily::bins() const {
    std::vector<BinEdges> all;
    for (auto const& measurement : measurements) all.push_back({measurement.k_low_MeV, measurement.k_high_MeV});
    return all;
}

FamilySolver SampleFamily::make_solver(std::vector<BinEdges> const& bins) const {
    auto in_others = measurements;
    for (std::size_t i = 0; i < in_others.size(); ++i) {
        in_others[i].k_low_MeV = bins.at(i).k_low_MeV;
        in_others[i].k_high_MeV = bins.at(i).k_high_MeV;
    }
    return FamilySolver(in_others);
}

std::vector<Quantity> SampleFamily::numbers() const {
    auto all = pair().kind->quantities().numbers;
    for (auto const& number : chosen) all.push_back(number.quantity);
    return all;
}

std::vector<Quantity> SampleFamily::kept_curves() const {
    std::vector<Quantity> kept;
    auto const all = pair().kind->quantities().curves;
    for (auto const i : curves) kept.push_back(all.at(i));
    return kept;
}

Eigen::VectorXd SampleFamily::draw(std::uint64_t seed, std::int64_t index) const {
    Eigen::VectorXd values(static_cast<Eigen::Index>(free.size()));
    for (std::size_t i = 0; i < free.size(); ++i)
        values[static_cast<Eigen::Index>(i)] = free[i].prior.quantile(
            uniform_draw(seed, static_cast<std::uint64_t>(index), static_cast<std::uint32_t>(i)));
    return values;
}

}  // namespace hadronforce
