#include "hadronforce/storage/csv_lines.hpp"

#include "hadronforce/config/section.hpp"
#include "hadronforce/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {
namespace {

constexpr char const* blanks = " \t\r";

std::string trimmed(std::string const& text) {
    auto const first = text.find_first_not_of(blanks);
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool begins_with(std::string const& text, std::string const& beginning) {
    return text.compare(0, beginning.size(), beginning) == 0;
}

/// A whole file without its byte-order mark.
std::string read_utf8(std::string const& path) {
    std::string const text = read_text(path);
    auto const has_mark = [&](std::string const& mark) { return begins_with(text, mark); };
    if (has_mark("\xff\xfe") || has_mark("\xfe\xff") || has_mark(std::string("\0\0\xfe\xff", 4)))
        throw InputError(path + ": is in UTF-16 or UTF-32; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)");
    if (text.find('\0') != std::string::npos)
        throw InputError(path + ": holds zero bytes, so it is no text or is in UTF-16; save it as UTF-8");
    return has_mark("\xef\xbb\xbf") ? text.substr(3) : text;
}

}  // namespace

std::vector<std::string> read_lines(std::string const& path) {
    std::string const text = read_utf8(path);
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        auto const end = std::min(text.find_first_of("\r\n", begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
    }
    return lines;
}

char separator_of(std::string const& header) {
    for (char separator : {',', ';', '\t'})
        if (header.find(separator) != std::string::npos) return separator;
    return ',';
}

std::vector<std::string> cells_of(std::string const& line, char separator) {
    std::vector<std::string> cells;
    std::string cell;
    bool quoted = false, was_quoted = false;
    auto const finish = [&] {
        cells.push_back(was_quoted ? cell : trimmed(cell));
        cell.clear();
        was_quoted = false;
    };
    for (std::size_t i = 0; i < line.size(); ++i) {
        char const c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            cell += line[++i];
        else if (c == '"' && (quoted || trimmed(cell).empty())) {
            quoted = !quoted;
            was_quoted = true;
            if (quoted) cell.clear();
        } else if (c == separator && !quoted)
            finish();
        else if (quoted || !was_quoted || std::strchr(blanks, c) == nullptr)
            cell += c;
    }
    finish();
    return cells;
}

}  // namespace hadronforce
