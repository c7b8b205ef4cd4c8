#ifndef BOUNCELAB_LAB_SCENARIO_YAML_READER_H
#define BOUNCELAB_LAB_SCENARIO_YAML_READER_H

#include "formats/field-type.h"
#include "lab/scenario/persona-library.h"
#include "lab/scenario/scenario-error.h"
#include "lab/scenario/text-tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/// What a conversion needs to say where and why it failed.
struct ScalarContext
{
    const TextNode& node;
    const std::string& path;
    std::string expected;
};

/// \throws ScenarioError "found ..., expected ..."
void CheckKind(const ScalarContext& context, TextNode::Kind kind);
std::string ReadText(const ScalarContext& context);
void CheckKeys(const TextNode& node,
               const std::string& path,
               const std::vector<std::string_view>& known,
               std::vector<ScenarioError>* faults = nullptr);

/**
 * Reads structs from a tree by their field tables, strictly: every key known, every value of the
 * right type, unit and range, every required key there. A struct that was read is complete; on an
 * error it is to be thrown away.
 */
class YamlReader
{
  public:
    /**
     * \param personas where references to personas are looked up; null = there are none
     * \param marks receives the place of every value that was written
     * \param faults receives what is wrong, instead of the first fault being thrown, so that all
     * are found; null = the first is thrown
     */
    YamlReader(const PersonaLibrary* personas,
               Marks& marks,
               std::vector<ScenarioError>* faults = nullptr)
        : m_personas(personas)
        , m_marks(marks)
        , m_faults(faults)
    {
    }

    /// Reads a whole struct. path is the key path of node. \throws ScenarioError
    void ReadStruct(const TextNode& node, const std::string& path, const FieldValue& value);

    /// Reads one value of any type that a field may have. \throws ScenarioError
    void ReadValue(const TextNode& node,
                   const std::string& path,
                   const FieldValue& value,
                   const FieldNote& note);

  private:
    /// Reads a part of which a fault keeps nobody from reading the others.
    template <class Read>
    void Part(Read&& read);

    void ReadList(const TextNode& node,
                  const std::string& path,
                  const FieldValue& value,
                  const FieldNote& note);
    void ReadMap(const TextNode& node,
                 const std::string& path,
                 const FieldValue& value,
                 const FieldNote& note);
    void ReadPersona(const TextNode& node, const std::string& path, const FieldValue& value);

    /// The file that a persona's reference names, with the reference's own keys laid over it.
    TextNode ResolvePersona(const TextNode& node,
                            const std::string& path,
                            const FieldValue& value) const;

    const PersonaLibrary* m_personas;
    Marks& m_marks;
    std::vector<ScenarioError>* m_faults;
    bool m_inPersona = false;
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_YAML_READER_H
