#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"
#include "interaction/potential_forms.hpp"

#include <cmath>

namespace hadronforce::forms {
namespace {

struct YukawaTerm {
    double strength_MeV_fm;
    double m_per_fm;
};

// V = sum A_i exp(-m_i r)/r + C exp(-(r/d)^2)
class SumOfYukawas final : public LocalPotential {
  public:
    SumOfYukawas(std::vector<YukawaTerm> terms, double core, double core_range)
        : terms_(std::move(terms)), core_(core), core_range_(core_range) {}

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        v.setZero();
        for (auto const& [strength, m] : terms_) v += strength * (-m * r).exp();
        v /= r;
        if (r_times_v_at_origin_MeV_fm() == 0.0) v = (r == 0.0).select(at_origin_MeV(), v);
        if (core_ != 0.0) v += core_ * (-(r / core_range_).square()).exp();
    }

    double r_times_v_at_origin_MeV_fm() const override {
        double sum = 0.0;
        for (auto const& term : terms_) sum += term.strength_MeV_fm;
        return sum;
    }

  private:
    /// Where the 1/r of the terms cancel.
    double at_origin_MeV() const {
        double sum = 0.0;
        for (auto const& [strength, m] : terms_) sum -= strength * m;
        return sum;
    }

    std::vector<YukawaTerm> terms_;
    double core_, core_range_;
};

// V = -V0/(exp(r/a) - 1), Coulomb-like inside, exponential outside; its s-wave is solved by a hypergeometric function.
class Hulthen final : public LocalPotential {
  public:
    Hulthen(double depth, double range) : depth_(depth), range_(range) {}
    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        if (depth_ == 0.0)
            v.setZero();
        else
            v = r.unaryExpr([this](double radius) { return -depth_ / std::expm1(radius / range_); });
    }
    double r_times_v_at_origin_MeV_fm() const override { return -depth_ * range_; }

  private:
    double depth_, range_;
};

std::unique_ptr<LocalPotential> make_yukawa(PotentialParameters const& p, double) {
    double const m = scalar(p, "m_MeV");
    double const core_range = scalar(p, "core_range_fm");
    require(m > 0.0, "m_MeV", m, "positive");
    require(core_range > 0.0, "core_range_fm", core_range, "positive");
    return std::make_unique<SumOfYukawas>(
        std::vector<YukawaTerm>{{scalar(p, "strength_MeV_fm"), units::wave_number_per_fm(m)}}, scalar(p, "core_MeV"),
        core_range);
}

std::unique_ptr<LocalPotential> make_sum(PotentialParameters const& p, double) {
    auto const& strengths = p.at("strengths_MeV_fm");
    auto const& masses = p.at("m_per_fm");
    if (strengths.empty() || strengths.size() != masses.size())
        throw InputError("strengths_MeV_fm has " + std::to_string(strengths.size()) + " entries and m_per_fm " +
                         std::to_string(masses.size()) + "; give one m for each strength");
    std::vector<YukawaTerm> terms;
    for (std::size_t i = 0; i < strengths.size(); ++i) {
        require(masses[i] > 0.0, "m_per_fm", masses[i], "positive");
        terms.push_back({strengths[i], masses[i]});
    }
    return std::make_unique<SumOfYukawas>(std::move(terms), 0.0, 1.0);
}

std::unique_ptr<LocalPotential> make_hulthen(PotentialParameters const& p, double) {
    double const range = scalar(p, "range_fm");
    require(range > 0.0, "range_fm", range, "positive");
    return std::make_unique<Hulthen>(scalar(p, "depth_MeV"), range);
}

}  // namespace

PotentialForm yukawa() {
    return {"yukawa",
            "V = A exp(-m r)/r + C exp(-(r/d)^2)",
            {{"strength_MeV_fm", "MeV fm", "A; negative attracts", false, {}},
             {"m_MeV", "MeV", "mass of the exchanged particle", false, {}},
             {"core_MeV", "MeV", "C, height of a core; positive repels", false, 0.0},
             {"core_range_fm", "fm", "d, range of the core", false, 0.4}},
            make_yukawa};
}

PotentialForm sum_of_yukawas() {
    return {"sum_of_yukawas",
            "V = sum_i A_i exp(-m_i r)/r",
            {{"strengths_MeV_fm", "MeV fm", "A of each term; negative attracts", true, {}},
             {"m_per_fm", "1/fm", "m of each term", true, {}}},
            make_sum};
}

PotentialForm hulthen() {
    return {"hulthen",
            "V = -depth exp(-r/a)/(1 - exp(-r/a))",
            {{"depth_MeV", "MeV", "depth; positive attracts", false, {}}, {"range_fm", "fm", "a", false, {}}},
            make_hulthen};
}

}  // namespace hadronforce::forms
