#include "lab/scenario/text-tree.h"

#include "formats/file-name.h"
#include "lab/scenario/source-text.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

namespace bouncelab::scenario
{

namespace
{

/// Builds the tree from yaml-cpp's events: its own nodes have lost duplicate keys and quotes.
class TreeBuilder : public YAML::EventHandler
{
  public:
    explicit TreeBuilder(const SourceText& source)
        : m_source(source)
    {
    }

    TextNode TakeRoot() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark&) override {}

    void OnDocumentEnd() override {}

    void OnAnchor(const YAML::Mark& mark, const std::string&) override { RefuseAlias(mark); }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { RefuseAlias(mark); }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override
    {
        TextNode node;
        node.at = m_source.At(mark.line, mark.column);
        if (m_source.NullIsWritten(mark.line, mark.column))
        {
            node.kind = TextNode::Kind::Null;
        }
        else if (WaitsForValue())
        {
            // yaml-cpp marks a missing value at whatever comes next.
            node.at = m_open.back().node.keys.back().at;
        }
        Add(std::move(node));
    }

    void OnScalar(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t,
                  const std::string& value) override
    {
        CheckTag(mark, tag);
        if (tag == "!" && !m_source.QuoteIsClosed(mark.line, mark.column))
        {
            // yaml-cpp takes the end of the file for the other quote.
            throw ScenarioError(m_source.At(mark.line, mark.column),
                                "",
                                "found an open quote, expected a closing one");
        }
        TextNode node;
        node.kind = TextNode::Kind::Scalar;
        node.at = m_source.At(mark.line, mark.column);
        node.text = value;
        node.quoted = tag == "!";
        Add(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark,
                         const std::string& tag,
                         YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {
        Open(TextNode::Kind::List, mark, tag);
    }

    void OnMapStart(const YAML::Mark& mark,
                    const std::string& tag,
                    YAML::anchor_t,
                    YAML::EmitterStyle::value) override
    {
        Open(TextNode::Kind::Map, mark, tag);
    }

    void OnSequenceEnd() override { Close(); }

    void OnMapEnd() override { Close(); }

  private:
    struct OpenNode
    {
        TextNode node;
        std::map<std::string, int> lines; //!< Line of each key of a map.
    };

    [[noreturn]] void RefuseAlias(const YAML::Mark& mark) const
    {
        throw ScenarioError(
            m_source.At(mark.line, mark.column),
            "",
            "found an anchor or alias (& or *), expected the value itself; what variants "
            "share stands in `base`, and text with these signs in quotes");
    }

    void CheckTag(const YAML::Mark& mark, const std::string& tag) const
    {
        if (!tag.empty() && tag != "?" && tag != "!")
        {
            throw ScenarioError(
                m_source.At(mark.line, mark.column),
                "",
                fmt::format("found tag {}, expected a value without a tag", Quote(tag)));
        }
    }

    bool WaitsForValue() const
    {
        return !m_open.empty() && m_open.back().node.kind == TextNode::Kind::Map &&
               m_open.back().node.keys.size() > m_open.back().node.items.size();
    }

    void Open(TextNode::Kind kind, const YAML::Mark& mark, const std::string& tag)
    {
        CheckTag(mark, tag);
        if (!m_open.empty() && m_open.back().node.kind == TextNode::Kind::Map && !WaitsForValue())
        {
            // Refused before it is read: while a key is not finished, nothing inside it has a path.
            TextNode key;
            key.kind = kind;
            key.at = m_source.At(mark.line, mark.column);
            AddKey(m_open.back(), key);
        }
        if (m_open.size() >= DEEPEST_NESTING)
        {
            throw ScenarioError(m_source.At(mark.line, mark.column),
                                "",
                                fmt::format("found more than {} levels of nesting, expected fewer",
                                            DEEPEST_NESTING));
        }
        OpenNode open;
        open.node.kind = kind;
        open.node.at = m_source.At(mark.line, mark.column);
        m_open.push_back(std::move(open));
    }

    void Close()
    {
        TextNode node = std::move(m_open.back().node);
        m_open.pop_back();
        Add(std::move(node));
    }

    void Add(TextNode node)
    {
        if (m_open.empty())
        {
            m_root = std::move(node);
            return;
        }
        OpenNode& open = m_open.back();
        if (open.node.kind == TextNode::Kind::Map && !WaitsForValue())
        {
            AddKey(open, node);
            return;
        }
        open.node.items.push_back(std::move(node));
    }

    void AddKey(OpenNode& open, TextNode& key) const
    {
        if (key.kind != TextNode::Kind::Scalar || key.text.empty())
        {
            throw ScenarioError(key.at,
                                "",
                                fmt::format("found {} as a key, expected a name", key.Describe()));
        }
        if (key.text == "<<" && !key.quoted)
        {
            throw ScenarioError(
                key.at,
                "<<",
                "found a merge key, expected keys of the table; what variants share "
                "stands in `base`");
        }
        const auto [it, isNew] = open.lines.emplace(key.text, key.at.line);
        if (!isNew)
        {
            throw ScenarioError(
                key.at,
                Path() + Shown(key.text),
                fmt::format("found the key twice (first in line {}), expected it once",
                            it->second));
        }
        open.node.keys.push_back({std::move(key.text), key.at});
    }

    static std::string Shown(const std::string& key)
    {
        const std::string quoted = Quote(key);
        return quoted.size() == key.size() + 2 ? key : quoted;
    }

    /// The key path of the map that is being filled, with a dot behind it.
    std::string Path() const
    {
        std::string path;
        for (std::size_t i = 0; i + 1 < m_open.size(); ++i)
        {
            const TextNode& node = m_open[i].node;
            path += node.kind == TextNode::Kind::Map ? Shown(node.keys.back().text)
                                                     : std::to_string(node.items.size() + 1);
            path += ".";
        }
        return path;
    }

    const SourceText& m_source;
    std::vector<OpenNode> m_open;
    TextNode m_root;
};

/// yaml-cpp's message in words that say what to do.
std::string
Explain(const std::string& message)
{
    static const std::pair<const char*, const char*> EXPLANATIONS[] = {
        {YAML::ErrorMsg::END_OF_MAP,
         "found a line that starts in a column of its own, expected the column of the keys before "
         "it"},
        {YAML::ErrorMsg::END_OF_SEQ,
         "found a line that starts in a column of its own, expected `-` in the column of the items "
         "before it"},
        {YAML::ErrorMsg::END_OF_MAP_FLOW, "found an open brace, expected `,` or `}`"},
        {YAML::ErrorMsg::END_OF_SEQ_FLOW, "found an open bracket, expected `,` or `]`"},
        {YAML::ErrorMsg::MAP_VALUE, "found `: ` a second time, expected text with `: ` in quotes"},
        {YAML::ErrorMsg::UNKNOWN_ANCHOR,
         "found an alias (*), expected the value itself, and text that starts with * in quotes"},
        {YAML::ErrorMsg::EOF_IN_SCALAR, "found an open quote, expected a closing one"},
    };
    for (const auto& [original, explanation] : EXPLANATIONS)
    {
        if (message == original)
        {
            return explanation;
        }
    }
    return "found broken YAML (" + message + "), expected YAML 1.2";
}

} // namespace

const TextNode*
TextNode::Find(std::string_view key) const
{
    for (std::size_t i = 0; i < keys.size(); ++i)
    {
        if (keys[i].text == key)
        {
            return &items[i];
        }
    }
    return nullptr;
}

TextNode*
TextNode::Find(std::string_view key)
{
    return const_cast<TextNode*>(static_cast<const TextNode*>(this)->Find(key));
}

std::string
TextNode::Describe() const
{
    switch (kind)
    {
    case Kind::Nothing:
        return "nothing";
    case Kind::Null:
        return "null";
    case Kind::List:
        return "a list";
    case Kind::Map:
        return "a map";
    case Kind::Scalar:
        break;
    }
    return Quote(text);
}

TextNode
ParseTree(std::string_view text, const std::string& file)
{
    if (text.substr(0, 3) == "\xEF\xBB\xBF")
    {
        text.remove_prefix(3);
    }
    const SourceText source(text, file);
    if (text.size() > LARGEST_FILE)
    {
        throw ScenarioError(
            source.Whole(),
            "",
            fmt::format("found {} bytes, expected at most {}", text.size(), LARGEST_FILE));
    }
    source.CheckCharacters();
    TreeBuilder builder(source);
    try
    {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder))
        {
            throw ScenarioError(source.Whole(), "", "found an empty file, expected a map of keys");
        }
        TextNode root = builder.TakeRoot();
        if (root.kind == TextNode::Kind::Nothing)
        {
            throw ScenarioError(source.Whole(), "", "found an empty file, expected a map of keys");
        }
        TreeBuilder second(source);
        if (parser.HandleNextDocument(second))
        {
            throw ScenarioError(second.TakeRoot().at,
                                "",
                                "found a second document, expected one document in a file");
        }
        return root;
    }
    catch (const YAML::Exception& error)
    {
        throw ScenarioError(source.At(error.mark.line, error.mark.column), "", Explain(error.msg));
    }
}

TextNode
LoadTree(const std::string& path)
{
    const SourceLocation whole{std::make_shared<const std::string>(path), 0, 0};
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
    {
        throw ScenarioError(whole, "", "found a folder, expected a YAML file");
    }
    if (IsNamedPipe(path))
    {
        throw ScenarioError(whole, "", "found a pipe, expected a YAML file");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file)
    {
        throw ScenarioError(whole, "", "cannot be read, expected a YAML file");
    }
    // One byte more than is allowed, so that ParseTree() sees the excess without all of it.
    std::string text(LARGEST_FILE + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > LARGEST_FILE)
    {
        throw ScenarioError(whole,
                            "",
                            fmt::format("found more than {} bytes, expected fewer", LARGEST_FILE));
    }
    return ParseTree(text, path);
}

void
Merge(TextNode& base, const TextNode& overlay)
{
    if (base.kind != TextNode::Kind::Map || overlay.kind != TextNode::Kind::Map)
    {
        base = overlay;
        base.replaces = true;
        return;
    }
    for (std::size_t i = 0; i < overlay.keys.size(); ++i)
    {
        if (TextNode* item = base.Find(overlay.keys[i].text))
        {
            Merge(*item, overlay.items[i]);
        }
        else
        {
            base.keys.push_back(overlay.keys[i]);
            base.items.push_back(overlay.items[i]);
        }
    }
}

} // namespace bouncelab::scenario
