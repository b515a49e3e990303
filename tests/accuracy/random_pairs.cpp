// Is C(k*) what its tolerance promises, over everything the program accepts? Draws pairs at random, and solves each
// at the tolerances 1e-6 and 1e-9, one momentum alone, and now and then by an independent method in long double.
//     random_pairs [--draws N] [--seed S] [--first I] [--seconds T] [--independent-every M]
// Ends with 1 where any C is off by more than the tolerance, not between -1e-9 and 1e6, or more than one in fifty of
// 200 draws or more is refused for another reason than a heavy tail at low momenta, which docs/config_keys.md excludes.

#include "accuracy/checks.hpp"
#include "accuracy/random_pair.hpp"
#include "hadronforce/error.hpp"
#include "support/independent_correlation.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

namespace {

using namespace hadronforce;
using namespace hadronforce::testing;

constexpr char const* documented_limit = "the source matters as far out as";

class Hunt {
  public:
    explicit Hunt(Options options) : options_(options) {}

    int run() {
        auto const start = std::chrono::steady_clock::now();
        for (unsigned i = options_.first; i < options_.first + options_.draws; ++i) {
            std::chrono::duration<double> const gone = std::chrono::steady_clock::now() - start;
            if (gone.count() > options_.seconds) break;
            draw_ = i;
            one(RandomPairDraw(options_.seed, i)(), i % options_.independent_every == 0);
            ++draws_;
        }
        return report();
    }

  private:
    static PairCorrelation solve(RandomPair const& pair, Eigen::ArrayXd const& k, double to) {
        PairCorrelationSolver solver(k, pair.reduced_mass_MeV, pair.charge_product, to);
        return solver.solve(pair.channels, *pair.source);
    }

    void one(RandomPair const& pair, bool independently) {
        PairCorrelation result{};
        try {
            result = solve(pair, pair.k_star_MeV, tolerance);
        } catch (std::exception const& refusal) {
            std::string const reason = reason_of(refusal.what());
            ++refusals_[reason];
            ++refused_;
            documented_ += reason.find(documented_limit) == 0 ? 1 : 0;
            if (options_.verbose) std::printf("draw %u: %s: %s\n", draw_, refusal.what(), pair.description.c_str());
            return;
        }
        recomputed_ += result.recomputed_waves > 0 ? 1 : 0;
        auto const& c = result.correlation;
        bool const in_range = c.isFinite().all() && c.minCoeff() >= -1e-9 && c.maxCoeff() <= 1e6;
        if (!in_range || !(result.error_estimate <= 3.0 * tolerance)) {
            ++out_of_range_;
            std::printf("draw %u: C from %g to %g, estimate %g: %s\n", draw_, c.minCoeff(), c.maxCoeff(),
                        result.error_estimate, pair.description.c_str());
        }
        Eigen::Index const j = draw_ % c.size();
        double const k = pair.k_star_MeV[j];
        try {
            auto const finer = solve(pair, pair.k_star_MeV, 1e-9).correlation;
            Eigen::Index worst = 0;
            ((c - finer).abs() / finer.abs().max(1.0)).maxCoeff(&worst);
            finer_.compare(draw_, pair.k_star_MeV[worst], c[worst], finer[worst], pair.description);
        } catch (std::exception const&) {
            ++finer_refused_;
        }
        try {
            double const alone = solve(pair, Eigen::ArrayXd::Constant(1, k), tolerance).correlation[0];
            alone_.compare(draw_, k, c[j], alone, pair.description);
        } catch (std::exception const&) {
        }
        if (!independently) return;
        IndependentCorrelation const independent(pair.reduced_mass_MeV, pair.charge_product, *pair.source, k);
        if (auto const reference = independent(pair.channels))
            independent_.compare(draw_, k, c[j], *reference, pair.description);
    }

    int report() const {
        std::printf("%d draws of seed %u from %u: %d refused, %d recomputed, %d out of range\n", draws_, options_.seed,
                    options_.first, refused_, recomputed_, out_of_range_);
        int failed = out_of_range_;
        for (Check const* check : {&finer_, &alone_, &independent_}) {
            check->report();
            failed += check->failed;
        }
        std::printf("%d draws were refused at tolerance 1e-9 alone\n", finer_refused_);
        for (auto const& [reason, count] : refusals_) std::printf("%6d  %s\n", count, reason.c_str());
        bool const too_often = draws_ >= 200 && 50 * (refused_ - documented_) > draws_;
        return failed > 0 || too_often || draws_ == 0 ? 1 : 0;
    }

    Options options_;
    unsigned draw_ = 0;
    int draws_ = 0, refused_ = 0, documented_ = 0, recomputed_ = 0, out_of_range_ = 0, finer_refused_ = 0;
    Check finer_{"tolerance 1e-9"}, alone_{"this momentum alone"}, independent_{"an independent method"};
    std::map<std::string, int> refusals_;
};

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 1 << 12);
    return Hunt(read_options(argc, argv)).run();
}
