#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"
#include "interaction/potential_forms.hpp"

#include <cmath>

namespace hadronforce::forms {
namespace {

struct Gaussian {
    double strength_MeV;
    double range_fm;
};

std::vector<Gaussian> gaussians(PotentialParameters const& p) {
    auto const& strengths = p.at("strengths_MeV");
    auto const& ranges = p.at("ranges_fm");
    if (strengths.empty() || strengths.size() != ranges.size())
        throw InputError("strengths_MeV has " + std::to_string(strengths.size()) + " entries and ranges_fm " +
                         std::to_string(ranges.size()) + "; give one range for each strength");
    std::vector<Gaussian> terms;
    for (std::size_t i = 0; i < strengths.size(); ++i) {
        require(ranges[i] > 0.0, "ranges_fm", ranges[i], "positive");
        terms.push_back({strengths[i], ranges[i]});
    }
    return terms;
}

// V = sum C_i exp(-(r/d_i)^2)
class SumOfGaussians : public LocalPotential {
  public:
    explicit SumOfGaussians(std::vector<Gaussian> terms) : terms_(std::move(terms)) {}

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        v.setZero();
        for (auto const& [strength, range] : terms_) v += strength * (-(r / range).square()).exp();
    }

  private:
    std::vector<Gaussian> terms_;
};

// V = sum C_i exp(-(r/d_i)^2) + A (1 - exp(-(r/d)^2))^2 exp(-2 m_pi r)/r^2
class GaussiansPlusTwoPionTail final : public SumOfGaussians {
  public:
    GaussiansPlusTwoPionTail(std::vector<Gaussian> terms, double strength, double range, double m_per_fm)
        : SumOfGaussians(std::move(terms)), strength_(strength), range_(range), m_(m_per_fm) {}

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        SumOfGaussians::fill_MeV(r, v);
        for (Eigen::Index i = 0; i < r.size(); ++i) {
            double const factor = r[i] == 0.0 ? 0.0 : std::expm1(-std::pow(r[i] / range_, 2)) / r[i];
            v[i] += strength_ * factor * factor * std::exp(-2.0 * m_ * r[i]);
        }
    }

  private:
    double strength_, range_, m_;
};

// V = sum C_i exp(-(r/d_i)^2) + A (1 - exp(-(r/a)^2)) exp(-m_pi r)/r + B [(1 - exp(-(r/b)^2)) exp(-m_pi r)/r]^2
class GaussiansPlusPions final : public SumOfGaussians {
  public:
    GaussiansPlusPions(std::vector<Gaussian> terms, Gaussian one_pion, Gaussian two_pions, double m_per_fm)
        : SumOfGaussians(std::move(terms)), one_(one_pion), two_(two_pions), m_(m_per_fm) {}

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        SumOfGaussians::fill_MeV(r, v);
        for (Eigen::Index i = 0; i < r.size(); ++i) {
            double const two = cut_yukawa(r[i], two_.range_fm);
            v[i] += one_.strength_MeV * cut_yukawa(r[i], one_.range_fm) + two_.strength_MeV * two * two;
        }
    }

  private:
    double cut_yukawa(double r, double range) const {
        return r == 0.0 ? 0.0 : -std::expm1(-std::pow(r / range, 2)) * std::exp(-m_ * r) / r;
    }

    Gaussian one_, two_;  // strengths in MeV fm and MeV fm^2
    double m_;
};

std::unique_ptr<LocalPotential> make_sum(PotentialParameters const& p, double) {
    return std::make_unique<SumOfGaussians>(gaussians(p));
}

std::unique_ptr<LocalPotential> make_with_tail(PotentialParameters const& p, double) {
    double const range = scalar(p, "tail_range_fm");
    double const m = scalar(p, "m_pi_MeV");
    require(range > 0.0, "tail_range_fm", range, "positive");
    require(m > 0.0, "m_pi_MeV", m, "positive");
    return std::make_unique<GaussiansPlusTwoPionTail>(gaussians(p), scalar(p, "tail_MeV_fm2"), range,
                                                      units::wave_number_per_fm(m));
}

std::unique_ptr<LocalPotential> make_with_pions(PotentialParameters const& p, double) {
    Gaussian const one{scalar(p, "one_pion_MeV_fm"), scalar(p, "one_pion_range_fm")};
    Gaussian const two{scalar(p, "two_pion_MeV_fm2"), scalar(p, "two_pion_range_fm")};
    double const m = scalar(p, "m_pi_MeV");
    require(one.range_fm > 0.0, "one_pion_range_fm", one.range_fm, "positive");
    require(two.range_fm > 0.0, "two_pion_range_fm", two.range_fm, "positive");
    require(m > 0.0, "m_pi_MeV", m, "positive");
    return std::make_unique<GaussiansPlusPions>(gaussians(p), one, two, units::wave_number_per_fm(m));
}

PotentialParameter strengths() { return {"strengths_MeV", "MeV", "strength of each Gaussian", true, {}}; }
PotentialParameter ranges() { return {"ranges_fm", "fm", "range of each Gaussian", true, {}}; }

}  // namespace

PotentialForm sum_of_gaussians() {
    return {"sum_of_gaussians", "V = sum_i C_i exp(-(r/d_i)^2)", {strengths(), ranges()}, make_sum};
}

PotentialForm gaussians_plus_two_pion_tail() {
    return {"gaussians_plus_two_pion_tail",
            "V = sum_i C_i exp(-(r/d_i)^2) + A (1 - exp(-(r/d)^2))^2 exp(-2 m_pi r)/r^2",
            {strengths(),
             ranges(),
             {"tail_MeV_fm2", "MeV fm^2", "strength of the two-pion tail", false, {}},
             {"tail_range_fm", "fm", "range of the tail's form factor", false, {}},
             {"m_pi_MeV", "MeV", "pion mass", false, 146.0}},
            make_with_tail};
}

PotentialForm gaussians_plus_pions() {
    return {"gaussians_plus_pions",
            "V = sum_i C_i exp(-(r/d_i)^2) + A (1 - exp(-(r/a)^2)) Y + B ((1 - exp(-(r/b)^2)) Y)^2, Y = exp(-m_pi r)/r",
            {strengths(),
             ranges(),
             {"one_pion_MeV_fm", "MeV fm", "A, strength of the one-pion tail", false, {}},
             {"one_pion_range_fm", "fm", "a, range of its form factor", false, {}},
             {"two_pion_MeV_fm2", "MeV fm^2", "B, strength of the two-pion tail", false, {}},
             {"two_pion_range_fm", "fm", "b, range of its form factor", false, {}},
             {"m_pi_MeV", "MeV", "pion mass", false, 146.0}},
            make_with_pions};
}

}  // namespace hadronforce::forms
