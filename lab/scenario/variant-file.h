#ifndef BOUNCELAB_LAB_SCENARIO_VARIANT_FILE_H
#define BOUNCELAB_LAB_SCENARIO_VARIANT_FILE_H

#include "lab/scenario/text-tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/**
 * A file with `base` and `variants`, as scenario.yaml and expect.yaml are: a variant is what
 * differs from base, laid over it key by key (Merge()).
 */
class VariantFile
{
  public:
    /**
     * \param root the file's tree, see LoadTree()
     * \param path the file's name
     * \param heads the text keys that stand beside base and variants, all required
     * \throws ScenarioError
     */
    VariantFile(TextNode root, const std::string& path, const std::vector<std::string_view>& heads);

    const std::string& Path() const { return m_path; }

    /// The variants in the order of the file; at least one.
    const std::vector<std::string>& Variants() const { return m_variants; }

    /// The text of a head key, with its place.
    const TextNode& Head(std::string_view key) const { return *m_root.Find(key); }

    /// Where a variant stands. \throws ScenarioError when there is none of that name
    const SourceLocation& At(const std::string& variant) const;

    const TextNode& Base() const { return *m_root.Find("base"); }

    /// A variant laid over base. \throws ScenarioError when there is none of that name
    TextNode Tree(const std::string& variant) const;

  private:
    std::string m_path;
    TextNode m_root;
    std::vector<std::string> m_variants;
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_VARIANT_FILE_H
