#pragma once

#include "accuracy/checks.hpp"

#include <Eigen/Core>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce::testing {

/// Solves draws until there are enough of them or the time is over, and counts what came of them.
class RandomTest {
  public:
    /// 0 unless a C is off by more than the tolerance or out of range, or more than one in fifty of 200 draws or more
    /// is refused for another reason than those that are documented.
    int run() {
        auto const start = std::chrono::steady_clock::now();
        auto const seconds_since = [](auto const& then) {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
        };
        for (unsigned i = options_.first; i < options_.first + options_.draws; ++i) {
            if (seconds_since(start) > options_.seconds) break;
            draw_ = i;
            auto const before = std::chrono::steady_clock::now();
            std::string const description = one(options_.seed, i, i % options_.independent_every == 0);
            if (double const taken = seconds_since(before); options_.verbose && taken > 3.0)
                std::printf("draw %u took %.1f s: %s\n", i, taken, description.c_str());
            ++draws_;
        }
        return report();
    }

  protected:
    /// `documented`: what refusals say that docs/config_keys.md tells of.
    RandomTest(Options options, std::vector<char const*> documented)
        : options_(options), documented_reasons_(std::move(documented)) {}
    ~RandomTest() = default;

    /// Makes one draw, solves and checks it; its description.
    virtual std::string one(unsigned seed, unsigned draw, bool independently) = 0;
    virtual std::vector<Check const*> checks() const = 0;

    void refused(std::string const& message, std::string const& description) {
        ++refusals_[reason_of(message)];
        ++refused_;
        for (char const* reason : documented_reasons_)
            if (message.find(reason) != std::string::npos) {
                ++documented_;
                break;
            }
        if (options_.verbose) std::printf("draw %u: %s: %s\n", draw_, message.c_str(), description.c_str());
    }
    void refused_at_finer_tolerance() { ++finer_refused_; }

    void check_range(Eigen::ArrayXd const& c, double estimate, double largest_estimate,
                     std::string const& description) {
        bool const in_range = c.isFinite().all() && c.minCoeff() >= -1e-9 && c.maxCoeff() <= 1e6;
        if (in_range && estimate <= largest_estimate) return;
        ++out_of_range_;
        std::printf("draw %u: C from %g to %g, estimate %g: %s\n", draw_, c.minCoeff(), c.maxCoeff(), estimate,
                    description.c_str());
    }

    /// Where the two differ most.
    void compare(Check& check, Eigen::ArrayXd const& k, Eigen::ArrayXd const& c, Eigen::ArrayXd const& reference,
                 std::string const& description) const {
        Eigen::Index worst = 0;
        ((c - reference).abs() / reference.abs().max(1.0)).maxCoeff(&worst);
        check.compare(draw_, k[worst], c[worst], reference[worst], description);
    }

  private:
    int report() const {
        std::printf("%d draws of seed %u from %u: %d refused, %d out of range\n", draws_, options_.seed, options_.first,
                    refused_, out_of_range_);
        int failed = out_of_range_;
        for (Check const* check : checks()) {
            check->report();
            failed += check->failed;
        }
        std::printf("%d draws were refused at tolerance 1e-9 alone\n", finer_refused_);
        for (auto const& [reason, count] : refusals_) std::printf("%6d  %s\n", count, reason.c_str());
        bool const too_often = draws_ >= 200 && 50 * (refused_ - documented_) > draws_;
        return failed > 0 || too_often || draws_ == 0 ? 1 : 0;
    }

    Options options_;
    std::vector<char const*> documented_reasons_;
    unsigned draw_ = 0;
    int draws_ = 0, refused_ = 0, documented_ = 0, out_of_range_ = 0, finer_refused_ = 0;
    std::map<std::string, int> refusals_;
};

}  // namespace hadronforce::testing
