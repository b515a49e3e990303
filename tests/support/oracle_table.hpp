#pragma once

#include "support/paths.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace hadronforce::testing {

/// Rows of numbers of tests/data/oracles/NAME; lines that begin with # are comments. Throws unless all rows are equally
/// long and there is at least one.
inline std::vector<std::vector<double>> oracle_table(std::string const& name) {
    std::ifstream file(source_folder() + "/tests/data/oracles/" + name);
    std::vector<std::vector<double>> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.front() == '#') continue;
        std::istringstream numbers(line);
        rows.emplace_back();
        // std::stod, unlike a stream, reads every exponent.
        for (std::string word; numbers >> word;) rows.back().push_back(std::stod(word));
        if (rows.back().size() != rows.front().size()) throw std::runtime_error(name + ": rows differ in length");
    }
    if (rows.empty()) throw std::runtime_error(name + ": no rows");
    return rows;
}

}  // namespace hadronforce::testing
