#include "commands/minima_output.hpp"

#include <fmt/format.h>

namespace hadronforce {

std::vector<std::string> lines_of(std::vector<Minimum> const& minima, std::vector<std::string> const& names,
                                  std::string const& chi2_name) {
    std::vector<std::string> lines;
    for (auto const& minimum : minima) {
        std::string text = "another minimum:";
        for (std::size_t i = 0; i < names.size(); ++i)
            text += fmt::format("{} {} = {:.6g}", i == 0 ? "" : ",", names[i],
                                minimum.values[static_cast<Eigen::Index>(i)]);
        lines.push_back(text + fmt::format("; {} = {:.6g}", chi2_name, minimum.chi2));
    }
    return lines;
}

void write_minima(File& file, std::vector<Minimum> const& minima, std::string const& units,
                  std::string const& chi2_name) {
    if (minima.empty()) return;
    RowMatrixXd values(static_cast<Eigen::Index>(minima.size()), minima.front().values.size());
    std::vector<double> chi2;
    for (std::size_t i = 0; i < minima.size(); ++i) {
        values.row(static_cast<Eigen::Index>(i)) = minima[i].values.transpose();
        chi2.push_back(minima[i].chi2);
    }
    file.write_all("/parameters/others", values, Precision::float64,
                   {units, "minima that describe the data too, beyond the errors", {"minimum", "parameter"}});
    file.write_vector("/parameters/others_" + chi2_name, chi2, {"1", "their " + chi2_name, {"minimum"}});
}

}  // namespace hadronforce
