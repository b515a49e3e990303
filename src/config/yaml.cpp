#include "hadronforce/config/yaml.hpp"

#include "hadronforce/error.hpp"

#include <yaml-cpp/eventhandler.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <vector>

namespace hadronforce {
namespace {

constexpr std::size_t most_levels = 64;
constexpr std::size_t most_values = 2'000'000;

/// The name of a text, and how a place in it is written.
struct Source {
    std::string name;
    bool has_lines;

    [[noreturn]] void fail(int line, std::string const& message) const {
        throw InputError(has_lines && line > 0 ? fmt::format("{}:{}: {}", name, line, message) : name + ": " + message);
    }
    [[noreturn]] void fail(YAML::Mark const& mark, std::string const& message) const { fail(mark.line + 1, message); }
};

/// Bytes of the UTF-8 sequence at `i`; 0 where there is none (RFC 3629).
std::size_t utf8_length(std::string const& text, std::size_t i) {
    auto const byte = [&](std::size_t j) { return i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U; };
    unsigned const first = byte(0);
    std::size_t const length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    for (std::size_t j = 1; j < length; ++j)
        if ((byte(j) & 0xc0U) != 0x80U) return 0;
    bool const overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    bool const no_character = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
    return overlong || no_character ? 0 : length;
}

void check_characters(std::string const& text, Source const& source) {
    for (char const* mark : {"\xff\xfe", "\xfe\xff"})
        if (text.rfind(mark, 0) == 0) source.fail(1, "is UTF-16 text; save it as UTF-8");
    int line = 1;
    for (std::size_t i = 0; i < text.size();) {
        auto const c = static_cast<unsigned char>(text[i]);
        if (c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))
            source.fail(line, "ends in a carriage return alone; save the file with line feeds");
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            source.fail(line,
                        fmt::format("holds the control character 0x{:02x}; save the file as plain UTF-8 text", c));
        std::size_t const length = utf8_length(text, i);
        if (length == 0) source.fail(line, "is not UTF-8 text; save the file as UTF-8");
        line += c == '\n' ? 1 : 0;
        i += length;
    }
}

/// Follows the events of a parser and refuses what is not one finite tree that can be walked.
class Limits final : public YAML::EventHandler {
  public:
    explicit Limits(Source const& source) : source_(source) {}

    void OnDocumentStart(YAML::Mark const& mark) override {
        if (++documents_ > 1) source_.fail(mark, "a second YAML document begins; keep one");
    }
    void OnDocumentEnd() override {}
    void OnNull(YAML::Mark const& mark, YAML::anchor_t anchor) override { value(mark, "", anchor); }
    void OnScalar(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                  std::string const& /*text*/) override {
        value(mark, tag, anchor);
    }
    void OnAlias(YAML::Mark const& mark, YAML::anchor_t anchor) override {
        auto const size = size_of_.find(anchor);
        if (size == size_of_.end()) source_.fail(mark, "an alias stands inside its own anchor; write its value out");
        count(mark, size->second);
        has_aliases_ = true;
    }
    void OnSequenceStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        begin(mark, tag, anchor);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        begin(mark, tag, anchor);
    }
    void OnMapEnd() override { end(); }

    bool has_aliases() const { return has_aliases_; }

  private:
    struct Collection {
        YAML::anchor_t anchor;
        std::size_t values_before;
    };

    void count(YAML::Mark const& mark, std::size_t values) {
        values_ += values;
        if (values_ > most_values)
            source_.fail(mark, fmt::format("holds more than {} values, aliases written out", most_values));
    }
    void check_tag(YAML::Mark const& mark, std::string const& tag) const {
        if (tag.size() > 1 && tag.rfind("tag:yaml.org,2002:", 0) != 0)
            source_.fail(mark, fmt::format("the tag {} means nothing here; remove it", tag));
    }
    void value(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor) {
        check_tag(mark, tag);
        count(mark, 1);
        if (anchor != 0) size_of_[anchor] = 1;
    }
    void begin(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor) {
        check_tag(mark, tag);
        if (open_.size() == most_levels)
            source_.fail(mark, fmt::format("is nested more than {} levels deep", most_levels));
        open_.push_back({anchor, values_});
        count(mark, 1);
    }
    void end() {
        auto const [anchor, values_before] = open_.back();
        open_.pop_back();
        if (anchor != 0) size_of_[anchor] = values_ - values_before;
    }

    Source const& source_;
    int documents_ = 0;
    bool has_aliases_ = false;
    std::size_t values_ = 0;  ///< aliases written out
    std::vector<Collection> open_;
    std::map<YAML::anchor_t, std::size_t> size_of_;
};

/// Fills a list or mapping such that no two places share what may be changed. Scalars keep their lines. A new
/// collection joins its parent empty: filled before, it would bring yaml-cpp's list of all nodes with it, in quadratic
/// time.
void write_aliases_out(YAML::Node const& from, YAML::Node& to) {
    auto const copy = [](YAML::Node const& node, auto const& add) {
        bool const is_collection = node.IsMap() || node.IsSequence();
        YAML::Node value(is_collection ? node.Type() : YAML::NodeType::Null);
        add(value);
        if (is_collection)
            write_aliases_out(node, value);
        else
            value = node;
    };
    if (from.IsSequence())
        for (auto const& entry : from) copy(entry, [&](YAML::Node const& value) { to.push_back(value); });
    else
        for (auto const& entry : from)
            copy(entry.second, [&](YAML::Node const& value) { to.force_insert(entry.first, value); });
}

/// Whether the line is indented by a tab, which YAML forbids.
bool has_tab_before_words(std::string const& text, int line) {
    std::istringstream lines(text);
    std::string words;
    for (int i = 0; i <= line && std::getline(lines, words); ++i) {
    }
    auto const first = words.find_first_not_of(" \t");
    return words.substr(0, std::min(first, words.size())).find('\t') != std::string::npos;
}

}  // namespace

YAML::Node load_yaml(std::string const& text, std::string const& name, bool name_lines) {
    Source const source{name, name_lines};
    check_characters(text, source);
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        Limits limits(source);
        if (!parser.HandleNextDocument(limits)) return {};
        parser.HandleNextDocument(limits);
        YAML::Node const root = YAML::Load(text);
        if (!limits.has_aliases()) return root;
        YAML::Node tree(root.Type());
        write_aliases_out(root, tree);
        return tree;
    } catch (YAML::Exception const& error) {
        if (has_tab_before_words(text, error.mark.line))
            source.fail(error.mark, "a tab stands where YAML indents; use spaces");
        source.fail(error.mark, fmt::format("is not valid YAML ({})", error.msg));
    }
}

}  // namespace hadronforce
