// HEPData's own CSV: lines "#: key: value" and "#: QUALIFIER [unit],,,value" above each table, a header "k* [GeV/c],k*
// [GeV/c] LOW,k* [GeV/c] HIGH,C(k*),stat +,stat -", signed lower errors, and an empty line between tables.

#include "measurement/hepdata_table.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/measurement/written_unit.hpp"
#include "hadronforce/storage/csv_lines.hpp"

#include <fmt/format.h>

#include <regex>

namespace hadronforce::hepdata {
namespace {

bool ends_with(std::string const& text, std::string const& end) {
    return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string without_end(std::string const& text, std::size_t letters) { return text.substr(0, text.size() - letters); }

bool is_empty(std::string const& line) { return line.find_first_not_of(" \t,;\"") == std::string::npos; }

/// "k* [GeV/c]" -> "k*", "GeV/c".
std::pair<std::string, std::string> name_and_units(std::string const& text) {
    static std::regex const pattern(R"((.*\S)\s*\[([^\]]*)\]\s*)");
    std::smatch match;
    if (text.size() <= longest_name && std::regex_match(text, match, pattern)) return {match[1], match[2]};
    return {text, ""};
}

/// Where the columns of a variable are; -1: it has none of them.
struct Columns {
    std::string name;
    int value = -1, low = -1, high = -1;
    struct Error {
        std::string label;
        int plus, minus;
    };
    std::vector<Error> errors;
};

std::vector<Columns> columns_of(std::vector<std::string> const& names, Table const& table) {
    std::vector<Columns> variables;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const& name = names[i];
        int const place = static_cast<int>(i);
        bool const follows = !variables.empty();
        if (follows && name == variables.back().name + " LOW")
            variables.back().low = place;
        else if (follows && name == variables.back().name + " HIGH")
            variables.back().high = place;
        else if (follows && ends_with(name, " +") && i + 1 < names.size() &&
                 names[i + 1] == without_end(name, 2) + " -")
            variables.back().errors.push_back({without_end(name, 2), place, place + 1});
        else if (follows && ends_with(name, " -") && !variables.back().errors.empty() &&
                 variables.back().errors.back().minus == place)
            continue;
        else if (name.empty())
            table.fail(table.line, "a column has no name");
        else if (name.size() > longest_name)
            table.fail(table.line,
                       fmt::format("a column's name has {} letters; at most {}", name.size(), longest_name));
        else
            variables.push_back({name, place, -1, -1, {}});
    }
    return variables;
}

/// One table of the file while its lines come in.
class Block {
  public:
    Block(std::string const& path, std::size_t axes) : axes_(axes) { table_.path = path; }

    bool has_header() const { return !columns_.empty(); }

    void add_comment(std::string const& line) {
        static std::regex const about(R"(^#:\s*[a-z_ ]+:\s)");
        if (line.rfind("#:", 0) != 0 || std::regex_search(line.substr(0, longest_name), about)) return;
        auto cells = cells_of(line.substr(2), separator_of(line));
        auto const [name, units] = name_and_units(cells.front());
        for (std::size_t i = 1; i < cells.size(); ++i)
            if (!cells[i].empty())
                given_.push_back({{name, cells[i] + (units.empty() ? "" : " " + units)}, static_cast<int>(i)});
    }

    void set_header(std::string const& line, int number) {
        table_.line = number;
        separator_ = separator_of(line);
        auto const names = cells_of(line, separator_);
        width_ = names.size();
        columns_ = columns_of(names, table_);
        if (columns_.size() <= axes_)
            table_.fail(number, fmt::format("the header names {} variable{}; a table has more than {}", columns_.size(),
                                            columns_.size() == 1 ? "" : "s", axes_));
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            auto const [name, units] = name_and_units(columns_[i].name);
            Variable variable{name, units,  i < axes_ ? std::vector<Qualifier>{} : qualifiers_of(columns_[i]),
                              {},   number, number};
            (i < axes_ ? table_.independent : table_.dependent).push_back(std::move(variable));
        }
    }

    void add_row(std::string const& line, int number) {
        auto const cells = cells_of(line, separator_);
        if (cells.size() != width_)
            table_.fail(number, fmt::format("has {} entries, the header names {} columns", cells.size(), width_));
        auto const cell = [&](int place) { return place < 0 ? "" : cells[static_cast<std::size_t>(place)]; };
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            auto const& c = columns_[i];
            Entry entry{cell(c.value), cell(c.low), cell(c.high), {}, number};
            for (auto const& error : c.errors)
                entry.errors.push_back({error.label, cell(error.plus), cell(error.minus), false});
            auto& variables = i < axes_ ? table_.independent : table_.dependent;
            variables[i < axes_ ? i : i - axes_].entries.push_back(std::move(entry));
        }
    }

    Table table() const {
        if (table_.independent.empty() || table_.independent.front().entries.empty())
            table_.fail(table_.line, "has no rows of numbers under a header line");
        return table_;
    }

  private:
    /// A qualifier stands in the column of its variable, or alone for all.
    std::vector<Qualifier> qualifiers_of(Columns const& variable) const {
        std::vector<Qualifier> result;
        for (auto const& one : given_) {
            bool alone = true, has_own = false;
            for (auto const& other : given_) {
                if (other.first.name != one.first.name) continue;
                alone = alone && other.second == one.second;
                has_own = has_own || other.second == variable.value;
            }
            if (one.second == variable.value || (alone && !has_own)) result.push_back(one.first);
        }
        return result;
    }

    std::size_t axes_;
    char separator_ = ',';
    std::size_t width_ = 0;
    std::vector<std::pair<Qualifier, int>> given_;  // with their columns
    std::vector<Columns> columns_;
    Table table_;
};

}  // namespace

bool is_csv_export(std::vector<std::string> const& lines) {
    for (auto const& line : lines) {
        if (line.rfind("#:", 0) == 0) return true;
        if (is_empty(line) || line.front() == '#') continue;
        auto const names = cells_of(line, separator_of(line));
        for (std::size_t i = 1; i < names.size(); ++i)
            if (names[i] == names[i - 1] + " LOW" ||
                (ends_with(names[i - 1], " +") && names[i] == without_end(names[i - 1], 2) + " -"))
                return true;
        return false;
    }
    return false;
}

std::vector<Table> read_csv_export(std::string const& path, std::vector<std::string> const& lines, std::size_t axes) {
    std::vector<Table> tables;
    Block block(path, axes);
    auto const finish = [&] {
        if (block.has_header()) tables.push_back(block.table());
        if (block.has_header()) block = Block(path, axes);
    };
    int number = 0;
    for (auto const& line : lines) {
        ++number;
        if (is_empty(line))
            finish();
        else if (line.rfind("#:", 0) == 0) {
            finish();
            block.add_comment(line);
        } else if (line.front() == '#')
            continue;
        else if (block.has_header())
            block.add_row(line, number);
        else
            block.set_header(line, number);
    }
    finish();
    if (tables.empty()) throw InputError(path + ": has no rows of numbers under a header line");
    return tables;
}

}  // namespace hadronforce::hepdata
