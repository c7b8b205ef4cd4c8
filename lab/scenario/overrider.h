#ifndef BOUNCELAB_LAB_SCENARIO_OVERRIDER_H
#define BOUNCELAB_LAB_SCENARIO_OVERRIDER_H

#include "lab/scenario/yaml-reader.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/// One `--set KEY=VALUE`, taken apart.
struct Override
{
    std::string path;
    TextNode value;

    /**
     * KEY is a dotted key path, items of lists counted from 1; VALUE is plain text, or YAML where
     * it starts with a bracket or a quote.
     *
     * \throws ScenarioError
     */
    static Override Parse(const std::string& text);
};

/// Sets one value of a struct that has been read, by its key path.
class Overrider
{
  public:
    Overrider(const PersonaLibrary* personas, Marks& marks)
        : m_reader(personas, marks)
        , m_marks(marks)
    {
    }

    /// \throws ScenarioError naming the nearest key where the path leads nowhere, or as the reader
    /// does
    void Apply(const Override& change, const FieldValue& value);

  private:
    void ApplyToStruct(const std::string& rest, const std::string& path, const FieldValue& value);
    void ApplyToValue(const std::string& rest,
                      const std::string& path,
                      const FieldValue& value,
                      const FieldNote& note);
    void ApplyToItem(const std::string& rest,
                     const std::string& path,
                     const FieldValue& value,
                     const FieldNote& note);
    void ApplyToMap(const std::string& rest,
                    const std::string& path,
                    const FieldValue& value,
                    const FieldNote& note);

    /// A value as the map, with maps inside, that has it at a dotted path.
    static TextNode Around(const std::string& path, const TextNode& value);

    [[noreturn]] void FailUnknown(const std::string& path,
                                  std::string_view word,
                                  const std::vector<std::string_view>& known) const;

    YamlReader m_reader;
    Marks& m_marks;
    const Override* m_change = nullptr;
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_OVERRIDER_H
