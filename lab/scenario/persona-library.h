#ifndef BOUNCELAB_LAB_SCENARIO_PERSONA_LIBRARY_H
#define BOUNCELAB_LAB_SCENARIO_PERSONA_LIBRARY_H

#include "lab/scenario/text-tree.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/// Whether text may name a folder, a persona or an entry: a-z, 0-9 and - . inside, e.g.
/// `linux-2.4`.
bool IsName(std::string_view text);

/// The persona files of a data folder, each read once.
class PersonaLibrary
{
  public:
    /// root holds models/personas/KIND/NAME.yaml.
    explicit PersonaLibrary(std::string root);

    /// Several folders, each with personas/KIND/NAME.yaml, models/personas/KIND/NAME.yaml or both;
    /// of a name that stands in several the first is meant.
    explicit PersonaLibrary(const std::vector<std::filesystem::path>& roots);

    /// The same, and ahead of it the personas in a folder `personas/KIND` beside a scenario's file;
    /// nothing if there is no such folder.
    std::optional<PersonaLibrary> Beside(const std::string& scenarioFile) const;

    /// The names of a kind (`stacks`), sorted.
    std::vector<std::string> Names(std::string_view kind) const;

    /// The files that bear a persona's name; the first is meant.
    std::vector<std::string> FilesOf(std::string_view kind, const std::string& name) const;

    /**
     * The file of one persona.
     *
     * \param at where the name was written, for the message, with its key path
     * \throws ScenarioError when there is none, or it is no YAML map
     */
    const TextNode& Tree(std::string_view kind,
                         const std::string& name,
                         const SourceLocation& at,
                         const std::string& path) const;

  private:
    std::vector<std::string> m_homes; //!< Folders that hold KIND/NAME.yaml, the first one first.
    mutable std::map<std::string, TextNode> m_trees; //!< By path of the file.
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_PERSONA_LIBRARY_H
