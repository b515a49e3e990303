// Is C(k*) what its tolerance promises, over everything the program accepts? Draws pairs at random, and solves each
// at the tolerances 1e-6 and 1e-9, one momentum alone, and now and then by an independent method in long double.
//     random_pairs [--draws N] [--seed S] [--first I] [--seconds T] [--independent-every M]
// Ends with 1 where any C is off by more than the tolerance, not between -1e-9 and 1e6, or more than one in fifty of
// 200 draws or more is refused for another reason than a heavy tail at low momenta, which docs/config_keys.md excludes.

#include "accuracy/random_pair.hpp"
#include "accuracy/random_test.hpp"
#include "support/independent_correlation.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace hadronforce;
using namespace hadronforce::testing;

class RandomPairs final : public RandomTest {
  public:
    explicit RandomPairs(Options options) : RandomTest(options, {"the source matters as far out as"}) {}

  private:
    static PairCorrelation solve(RandomPair const& pair, Eigen::ArrayXd const& k, double to) {
        PairCorrelationSolver solver(k, pair.reduced_mass_MeV, pair.charge_product, to);
        return solver.solve(pair.channels, *pair.source);
    }

    std::vector<Check const*> checks() const override { return {&finer_, &alone_, &independent_}; }

    std::string one(unsigned seed, unsigned draw, bool independently) override {
        RandomPair const pair = RandomPairDraw(seed, draw)();
        PairCorrelation result{};
        try {
            result = solve(pair, pair.k_star_MeV, tolerance);
        } catch (std::exception const& refusal) {
            refused(refusal.what(), pair.description);
            return pair.description;
        }
        auto const& c = result.correlation;
        check_range(c, result.error_estimate, 3.0 * tolerance, pair.description);
        try {
            compare(finer_, pair.k_star_MeV, c, solve(pair, pair.k_star_MeV, 1e-9).correlation, pair.description);
        } catch (std::exception const&) {
            refused_at_finer_tolerance();
        }
        Eigen::Index const j = draw % c.size();
        double const k = pair.k_star_MeV[j];
        try {
            double const alone = solve(pair, Eigen::ArrayXd::Constant(1, k), tolerance).correlation[0];
            alone_.compare(draw, k, c[j], alone, pair.description);
        } catch (std::exception const&) {
        }
        if (!independently) return pair.description;
        IndependentCorrelation const independent(pair.reduced_mass_MeV, pair.charge_product, *pair.source, k);
        if (auto const reference = independent(pair.channels))
            independent_.compare(draw, k, c[j], *reference, pair.description);
        return pair.description;
    }

    Check finer_{"tolerance 1e-9"}, alone_{"this momentum alone"}, independent_{"an independent method"};
};

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 1 << 12);
    return RandomPairs(read_options(argc, argv)).run();
}
