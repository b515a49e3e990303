#include "hadronforce/lattice/baryon_correlator.hpp"

#include "hadronforce/config/decimal_number.hpp"
#include "hadronforce/error.hpp"
#include "lattice/raw_bytes.hpp"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

namespace hadronforce {
namespace {

/// The first `count` numbers of a line; fewer where something else is among them.
std::vector<double> leading_numbers(std::string const& line, std::size_t count) {
    std::istringstream words(line);
    std::vector<double> numbers;
    for (std::string word; numbers.size() < count && words >> word;) {
        auto const value = decimal_number(word);
        if (!value) break;
        numbers.push_back(*value);
    }
    return numbers;
}

constexpr std::size_t most_bytes = std::size_t{1} << 26U;

}  // namespace

Eigen::ArrayXd read_baryon_correlator(std::string const& path, std::int64_t temporal_extent) {
    std::istringstream lines(read_bytes(path, most_bytes));
    Eigen::ArrayXd correlator(temporal_extent);
    std::int64_t t = 0;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        auto const first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#') continue;
        auto const where = fmt::format("{}:{}", path, number);
        auto const columns = leading_numbers(line, 3);
        if (columns.size() < 3)
            throw InputError(where + ": has no three numbers; t, real and imaginary part are needed in decimal digits");
        if (t == temporal_extent)
            throw InputError(
                fmt::format("{}: goes on beyond T = {}; set lattice.T to its length", where, temporal_extent));
        if (columns[0] != static_cast<double>(t))
            throw InputError(fmt::format("{}: begins with t = {}, {} is next; lines must go t = 0, 1, ... T - 1", where,
                                         columns[0], t));
        if (!std::isfinite(columns[1]) || !std::isfinite(columns[2]))
            throw InputError(where + ": is not finite; leave out this configuration");
        correlator[t++] = columns[1];
    }
    if (t != temporal_extent)
        throw InputError(
            fmt::format("{}: ends after {} of T = {} time slices; is it truncated?", path, t, temporal_extent));
    return correlator;
}

Eigen::ArrayXd fold(Eigen::ArrayXd const& particle, Eigen::ArrayXd const& antiparticle) {
    Eigen::Index const length = particle.size();
    Eigen::ArrayXd folded(length);
    for (Eigen::Index t = 0; t < length; ++t)
        folded[t] = (particle[t] + std::abs(antiparticle[(length - t) % length])) / 2.0;
    return folded;
}

}  // namespace hadronforce
