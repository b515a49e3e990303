#include "hadronforce/report/table.hpp"

#include <fmt/format.h>

namespace hadronforce {

std::string Table::head() const {
    std::string text;
    for (auto const& column : columns_)
        if (!column.name.empty()) text += (text.empty() ? "" : ",") + column.name;
    return text + "\n";
}

std::string Table::lines() const {
    std::vector<TableColumn const*> columns;
    for (auto const& column : columns_)
        if (!column.name.empty()) columns.push_back(&column);
    std::string text;
    for (Eigen::Index i = 0; !columns.empty() && i < columns.front()->values.size(); ++i)
        for (auto const* const column : columns)
            text += fmt::format("{:.{}g}{}", column->values[i], column->digits, column == columns.back() ? '\n' : ',');
    return text;
}

void Table::write(File& file) const {
    for (auto const& column : columns_)
        if (!column.dataset.empty())
            file.write_vector(column.dataset, {column.values.begin(), column.values.end()},
                              {column.unit, column.description, {axis_}});
}

}  // namespace hadronforce
