#ifndef BOUNCELAB_LAB_SCENARIO_TEXT_TREE_H
#define BOUNCELAB_LAB_SCENARIO_TEXT_TREE_H

#include "lab/scenario/scenario-error.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/**
 * YAML as it was written: nothing is converted, and everything knows its place. The values of a map
 * stand in items, in the order of keys.
 */
struct TextNode
{
    enum class Kind
    {
        Nothing, //!< `key:` with nothing behind it.
        Null,    //!< `~` or `null`, written out.
        Scalar,
        List,
        Map,
    };

    struct MapKey
    {
        std::string text;
        SourceLocation at;
    };

    Kind kind = Kind::Nothing;
    SourceLocation at;
    std::string text;            //!< Of a scalar.
    bool quoted = false;         //!< The scalar stood in quotes or in a block.
    bool replaces = false;       //!< By merging: there was something here before.
    std::vector<MapKey> keys;    //!< Of a map.
    std::vector<TextNode> items; //!< Of a list or a map.

    const TextNode* Find(std::string_view key) const; //!< The value in a map, or null.
    TextNode* Find(std::string_view key);
    std::string Describe() const; //!< "a list", "nothing", `"35 sec"`: what was found here.
};

constexpr std::size_t LARGEST_FILE = 1 << 20; //!< Bytes; a scenario has a few thousand.
constexpr int DEEPEST_NESTING = 32;           //!< Levels.

/**
 * Reads one YAML document strictly. Refused, beyond what is not YAML at all: text that is not
 * UTF-8, control characters and tabs, an empty file, a second document, duplicate keys, keys that
 * are not plain text, anchors, aliases, merge keys, tags, and files that are too big or too deep.
 *
 * \param text the file
 * \param file its name, for messages
 * \throws ScenarioError
 */
TextNode ParseTree(std::string_view text, const std::string& file);

/// ParseTree() on a file. \throws ScenarioError also when it cannot be read.
TextNode LoadTree(const std::string& path);

/**
 * Lays overlay over base: maps merge, everything else replaces, `~` replaces by nothing. What comes
 * from base keeps its location, what comes from overlay has its own.
 */
void Merge(TextNode& base, const TextNode& overlay);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_TEXT_TREE_H
