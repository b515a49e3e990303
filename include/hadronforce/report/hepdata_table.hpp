#pragma once

#include <Eigen/Core>

#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// A table as HEPData takes it (hepdata-submission's YAML): bins of k*, and what is known in each.
struct HepdataTable {
    struct Column {
        std::string name;
        Eigen::ArrayXd values;
        std::vector<std::pair<std::string, Eigen::ArrayXd>> errors{};  ///< label ("stat"), symmetric errors
    };
    Eigen::ArrayXd k_low_MeV, k_high_MeV;  ///< points where both agree
    std::vector<Column> columns;
    std::vector<std::pair<std::string, std::string>> qualifiers;  ///< of all columns: {"pair", "p-p"}
};

/// YAML, which data.file of `fit` reads too. Values that are not finite are "-".
std::string hepdata_text(HepdataTable const& table);

}  // namespace hadronforce
