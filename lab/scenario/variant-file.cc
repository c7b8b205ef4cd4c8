#include "lab/scenario/variant-file.h"

#include "lab/scenario/persona-library.h"
#include "lab/scenario/yaml-reader.h"

#include <algorithm>

namespace bouncelab::scenario
{

VariantFile::VariantFile(TextNode root,
                         const std::string& path,
                         const std::vector<std::string_view>& heads)
    : m_path(path)
    , m_root(std::move(root))
{
    CheckKind({m_root, "", "a map of keys"}, TextNode::Kind::Map);
    std::vector<std::string_view> known = heads;
    known.insert(known.end(), {"base", "variants"});
    CheckKeys(m_root, "", known);
    for (const std::string_view key : known)
    {
        if (m_root.Find(key) == nullptr)
        {
            throw ScenarioError(m_root.at,
                                std::string(key),
                                std::string("found no such key, expected ") +
                                    (key == "base" || key == "variants" ? "a map" : "text"));
        }
    }
    for (const std::string_view head : heads)
    {
        ReadText({*m_root.Find(head), std::string(head), "text"});
    }
    CheckKind({*m_root.Find("base"), "base", "a map of keys"}, TextNode::Kind::Map);
    const TextNode& variants = *m_root.Find("variants");
    CheckKind({variants, "variants", "a map from names to what differs from `base`"},
              TextNode::Kind::Map);
    for (std::size_t i = 0; i < variants.keys.size(); ++i)
    {
        const TextNode::MapKey& key = variants.keys[i];
        const std::string keyPath = "variants." + key.text;
        if (!IsName(key.text))
        {
            throw ScenarioError(key.at,
                                "variants",
                                "found name " + Quote(key.text) +
                                    ", expected lower-case letters, digits, - and .");
        }
        CheckKind({variants.items[i], keyPath, "a map of what differs from `base`, or {}"},
                  TextNode::Kind::Map);
        m_variants.push_back(key.text);
    }
    if (m_variants.empty())
    {
        throw ScenarioError(variants.at, "variants", "found no variant, expected at least one");
    }
}

const SourceLocation&
VariantFile::At(const std::string& variant) const
{
    for (const TextNode::MapKey& key : m_root.Find("variants")->keys)
    {
        if (key.text == variant)
        {
            return key.at;
        }
    }
    throw ScenarioError({std::make_shared<const std::string>(m_path), 0, 0},
                        "variants",
                        "found no variant " + Quote(variant) +
                            Suggest(variant, {m_variants.begin(), m_variants.end()}));
}

TextNode
VariantFile::Tree(const std::string& variant) const
{
    At(variant);
    TextNode tree = *m_root.Find("base");
    Merge(tree, *m_root.Find("variants")->Find(variant));
    return tree;
}

} // namespace bouncelab::scenario
