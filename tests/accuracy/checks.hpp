#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace hadronforce::testing {

inline constexpr double tolerance = 1e-6;
struct Options {
    unsigned draws = 1000, seed = 20261126, first = 0, independent_every = 5;
    double seconds = 1e9;
    bool verbose = false;
};

inline Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        std::string const key = argv[i];
        if (key == "--verbose") {
            options.verbose = true;
            continue;
        }
        if (i + 1 == argc) break;
        double const value = std::atof(argv[++i]);
        auto const whole = static_cast<unsigned>(value);
        if (key == "--draws") options.draws = whole;
        if (key == "--seed") options.seed = whole;
        if (key == "--first") options.first = whole;
        if (key == "--independent-every") options.independent_every = whole;
        if (key == "--seconds") options.seconds = value;
    }
    return options;
}

/// Of one check: how often it was made, and the largest error over the tolerance.
struct Check {
    char const* name;
    int made = 0;
    int failed = 0;
    double largest = 0.0;
    unsigned worst_draw = 0;

    void compare(unsigned draw, double k, double c, double reference, std::string const& description) {
        double const error = std::fabs(c - reference) / (tolerance * std::max(1.0, std::fabs(reference)));
        ++made;
        if (!(error <= largest)) {
            largest = error;
            worst_draw = draw;
        }
        if (error <= 1.0) return;
        ++failed;
        std::printf("draw %u: C(%g MeV/c) = %.9g, %s %.9g, %.3g times the tolerance: %s\n", draw, k, c, name, reference,
                    error, description.c_str());
    }

    void report() const {
        std::printf("against %s: %d made, %d off, largest error %.3g of the tolerance (draw %u)\n", name, made, failed,
                    largest, worst_draw);
    }
};

/// What a message says before its advice, without its numbers.
inline std::string reason_of(std::string const& message) {
    std::string reason;
    for (char c : message.substr(0, message.find(';'))) {
        bool const digit = (c >= '0' && c <= '9') || c == '.' || c == '+';
        if (!digit)
            reason += c;
        else if (reason.empty() || reason.back() != '#')
            reason += '#';
    }
    return reason;
}

}  // namespace hadronforce::testing
