// Is C(k*) of coupled channels what its tolerance promises, over everything the program accepts? Draws channels at
// random, and solves each at the tolerances 1e-6 and 1e-9 and one momentum alone; where V is diagonal or a rotation of
// a diagonal one, compares with the solver of single channels; and now and then with an independent method.
//     random_coupled [--draws N] [--seed S] [--first I] [--seconds T] [--independent-every M] [--verbose]
// Ends with 1 where any C is off by more than the tolerance, not between -1e-9 and 1e6, or more than one in fifty of
// 200 draws or more is refused for another reason than those that docs/config_keys.md excludes.

#include "accuracy/random_coupled.hpp"
#include "accuracy/checks.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "support/independent_coupled_correlation.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

namespace {

using namespace hadronforce;
using namespace hadronforce::testing;

/// Refusals that docs/config_keys.md tells of.
bool is_documented(std::string const& message) {
    for (char const* limit : {"the source matters as far out as", "is too low for these charges",
                              "a momentum is too close to the threshold of channel"})
        if (message.find(limit) != std::string::npos) return true;
    return false;
}

class Hunt {
  public:
    explicit Hunt(Options options) : options_(options) {}

    int run() {
        auto const start = std::chrono::steady_clock::now();
        for (unsigned i = options_.first; i < options_.first + options_.draws; ++i) {
            std::chrono::duration<double> const gone = std::chrono::steady_clock::now() - start;
            if (gone.count() > options_.seconds) break;
            draw_ = i;
            auto const before = std::chrono::steady_clock::now();
            RandomCoupled const pair = RandomCoupledDraw(options_.seed, i)();
            one(pair, i % options_.independent_every == 0);
            std::chrono::duration<double> const taken = std::chrono::steady_clock::now() - before;
            if (options_.verbose && taken.count() > 3.0)
                std::printf("draw %u took %.1f s: %s\n", i, taken.count(), pair.description.c_str());
            ++draws_;
        }
        return report();
    }

  private:
    static CoupledCorrelationResult solve(RandomCoupled const& draw, Eigen::ArrayXd const& k, double to) {
        return CoupledCorrelationSolver(draw.channels, k, to).solve(draw.potential, draw.production());
    }

    void one(RandomCoupled const& draw, bool independently) {
        CoupledCorrelationResult result{};
        try {
            result = solve(draw, draw.k_star_MeV, tolerance);
        } catch (std::exception const& refusal) {
            ++refusals_[reason_of(refusal.what())];
            ++refused_;
            documented_ += is_documented(refusal.what()) ? 1 : 0;
            if (options_.verbose) std::printf("draw %u: %s: %s\n", draw_, refusal.what(), draw.description.c_str());
            return;
        }
        auto const& c = result.correlation;
        bool const in_range = c.isFinite().all() && c.minCoeff() >= -1e-9 && c.maxCoeff() <= 1e6;
        if (!in_range || !(result.error_estimate <= tolerance)) {
            ++out_of_range_;
            std::printf("draw %u: C from %g to %g, estimate %g: %s\n", draw_, c.minCoeff(), c.maxCoeff(),
                        result.error_estimate, draw.description.c_str());
        }
        Eigen::Index const j = draw_ % c.size();
        double const k = draw.k_star_MeV[j];
        // Ten times the work of all the rest.
        if (draw_ % 3 == 0) try {
                worst_of(finer_, draw, c, solve(draw, draw.k_star_MeV, 1e-9).correlation);
            } catch (std::exception const&) {
                ++finer_refused_;
            }
        try {
            double const alone = solve(draw, Eigen::ArrayXd::Constant(1, k), tolerance).correlation[0];
            alone_.compare(draw_, k, c[j], alone, draw.description);
        } catch (std::exception const&) {
        }
        if (draw.kind != RandomCoupled::Kind::any) try {
                worst_of(draw.kind == RandomCoupled::Kind::rotated ? rotated_ : decoupled_, draw, c,
                         by_single_channels(draw));
            } catch (std::exception const&) {
            }
        if (!independently) return;
        IndependentCoupledCorrelation const independent(draw.channels, draw.potential, draw.production());
        if (auto const reference = independent(k)) independent_.compare(draw_, k, c[j], *reference, draw.description);
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

    void worst_of(Check& check, RandomCoupled const& draw, Eigen::ArrayXd const& c, Eigen::ArrayXd const& reference) {
        Eigen::Index worst = 0;
        ((c - reference).abs() / reference.abs().max(1.0)).maxCoeff(&worst);
        check.compare(draw_, draw.k_star_MeV[worst], c[worst], reference[worst], draw.description);
    }

    int report() const {
        std::printf("%d draws of seed %u from %u: %d refused, %d out of range\n", draws_, options_.seed, options_.first,
                    refused_, out_of_range_);
        int failed = out_of_range_;
        for (Check const* check : {&finer_, &alone_, &decoupled_, &rotated_, &independent_}) {
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
    int draws_ = 0, refused_ = 0, documented_ = 0, out_of_range_ = 0, finer_refused_ = 0;
    Check finer_{"tolerance 1e-9"}, alone_{"this momentum alone"}, decoupled_{"its own channel alone"},
        rotated_{"channels that were rotated"}, independent_{"an independent method"};
    std::map<std::string, int> refusals_;
};

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 1 << 12);
    return Hunt(read_options(argc, argv)).run();
}
