// Is C(k*) of coupled channels what its tolerance promises, over everything the program accepts? Draws channels at
// random, and solves each at the tolerances 1e-6 and 1e-9 and one momentum alone; where V is diagonal or a rotation of
// a diagonal one, compares with the solver of single channels; and now and then with an independent method.
//     random_coupled [--draws N] [--seed S] [--first I] [--seconds T] [--independent-every M] [--verbose]
// Ends with 1 where any C is off by more than the tolerance, not between -1e-9 and 1e6, or more than one in fifty of
// 200 draws or more is refused for another reason than those that docs/config_keys.md excludes.

#include "accuracy/random_coupled.hpp"
#include "accuracy/random_test.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "support/independent_coupled_correlation.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace hadronforce;
using namespace hadronforce::testing;

class RandomCoupledChannels final : public RandomTest {
  public:
    explicit RandomCoupledChannels(Options options)
        : RandomTest(options, {"the source matters as far out as", "is too low for these charges",
                               "a momentum is too close to the threshold of channel"}) {}

  private:
    static CoupledCorrelationResult solve(RandomCoupled const& draw, Eigen::ArrayXd const& k, double to) {
        return CoupledCorrelationSolver(draw.channels, k, to).solve(draw.potential, draw.production());
    }

    static Eigen::ArrayXd by_single_channels(RandomCoupled const& draw) {
        auto const& first = draw.channels.front();
        PairCorrelationSolver solver(draw.k_star_MeV, first.reduced_mass_MeV, static_cast<int>(first.charge_product),
                                     1e-7);
        std::vector<SpinChannel> channels;
        for (auto const& [share, potential] : draw.alone)
            channels.push_back({share, Exchange::none, {{first.orbital, potential}}});
        if (channels.empty()) channels.push_back({1.0, Exchange::none, {}});
        return solver.solve(channels, *draw.sources.front()).correlation;
    }

    std::vector<Check const*> checks() const override {
        return {&finer_, &alone_, &decoupled_, &rotated_, &independent_};
    }

    std::string one(unsigned seed, unsigned number, bool independently) override {
        RandomCoupled const draw = RandomCoupledDraw(seed, number)();
        CoupledCorrelationResult result{};
        try {
            result = solve(draw, draw.k_star_MeV, tolerance);
        } catch (std::exception const& refusal) {
            refused(refusal.what(), draw.description);
            return draw.description;
        }
        auto const& c = result.correlation;
        check_range(c, result.error_estimate, tolerance, draw.description);
        // Ten times the work of all the rest.
        if (number % 3 == 0) try {
                compare(finer_, draw.k_star_MeV, c, solve(draw, draw.k_star_MeV, 1e-9).correlation, draw.description);
            } catch (std::exception const&) {
                refused_at_finer_tolerance();
            }
        Eigen::Index const j = number % c.size();
        double const k = draw.k_star_MeV[j];
        try {
            double const alone = solve(draw, Eigen::ArrayXd::Constant(1, k), tolerance).correlation[0];
            alone_.compare(number, k, c[j], alone, draw.description);
        } catch (std::exception const&) {
        }
        if (draw.kind != RandomCoupled::Kind::any) try {
                compare(draw.kind == RandomCoupled::Kind::rotated ? rotated_ : decoupled_, draw.k_star_MeV, c,
                        by_single_channels(draw), draw.description);
            } catch (std::exception const&) {
            }
        if (!independently) return draw.description;
        IndependentCoupledCorrelation const independent(draw.channels, draw.potential, draw.production());
        if (auto const reference = independent(k)) independent_.compare(number, k, c[j], *reference, draw.description);
        return draw.description;
    }

    Check finer_{"tolerance 1e-9"}, alone_{"this momentum alone"}, decoupled_{"its own channel alone"},
        rotated_{"channels that were rotated"}, independent_{"an independent method"};
};

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 1 << 12);
    return RandomCoupledChannels(read_options(argc, argv)).run();
}
