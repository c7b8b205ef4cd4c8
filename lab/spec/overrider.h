#ifndef BOUNCELAB_LAB_SPEC_OVERRIDER_H
#define BOUNCELAB_LAB_SPEC_OVERRIDER_H

#include "formats/text.h"
#include "lab/spec/yaml-reader.h"

#include <string>
#include <string_view>

namespace bouncelab::spec
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
     * \throws SpecError
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

    /// \throws SpecError naming the nearest key where the path leads nowhere, or as the reader does
    template <class T>
    void Apply(const Override& change, T& value)
    {
        m_change = &change;
        ApplyToStruct(change.path, "", value);
    }

    /// Called by Describe().
    template <class T>
    void Field(std::string_view key, T& value, const FieldNote& note)
    {
        if (key == m_key)
        {
            // The walk below uses both members for the levels inside.
            const std::string rest = m_rest;
            const std::string path = JoinPath(m_path, key);
            m_key.clear();
            ApplyToValue(rest, path, value, note);
        }
    }

  private:
    template <class T>
    void ApplyToStruct(const std::string& rest, const std::string& path, T& value);
    template <class T>
    void ApplyToValue(const std::string& rest,
                      const std::string& path,
                      T& value,
                      const FieldNote& note);
    template <class T>
    void ApplyToMap(const std::string& rest,
                    const std::string& path,
                    std::map<std::string, T>& value,
                    const FieldNote& note);

    [[noreturn]] void FailUnknown(const std::string& path,
                                  std::string_view word,
                                  const std::vector<std::string_view>& known) const;

    YamlReader m_reader;
    Marks& m_marks;
    const Override* m_change = nullptr;
    std::string m_key;  //!< The next key that is looked for.
    std::string m_rest; //!< What follows it.
    std::string m_path; //!< What leads to it.
};

template <class T>
void
Overrider::ApplyToStruct(const std::string& rest, const std::string& path, T& value)
{
    const std::size_t dot = rest.find('.');
    const std::string key = rest.substr(0, dot);
    const std::vector<std::string_view> known = KeysOf(value);
    if (std::find(known.begin(), known.end(), key) == known.end())
    {
        FailUnknown(path, key, known);
    }
    m_key = key;
    m_rest = dot == std::string::npos ? "" : rest.substr(dot + 1);
    m_path = path;
    Describe(*this, value);
}

template <class T>
void
Overrider::ApplyToMap(const std::string& rest,
                      const std::string& path,
                      std::map<std::string, T>& value,
                      const FieldNote& note)
{
    // Names of entries may hold dots themselves (mail domains): the longest that fits counts.
    auto entry = value.end();
    std::vector<std::string_view> names;
    for (auto it = value.begin(); it != value.end(); ++it)
    {
        const std::string& name = it->first;
        names.push_back(name);
        const bool fits =
            StartsWith(rest, name) && (rest.size() == name.size() || rest[name.size()] == '.');
        if (fits && (entry == value.end() || name.size() > entry->first.size()))
        {
            entry = it;
        }
    }
    if (entry == value.end())
    {
        FailUnknown(path, rest.substr(0, rest.find('.')), names);
    }
    const std::string inside = JoinPath(path, entry->first);
    if (rest.size() > entry->first.size())
    {
        ApplyToValue(rest.substr(entry->first.size() + 1), inside, entry->second, note);
    }
    else if (m_change->value.kind == TextNode::Kind::Null)
    {
        m_marks.Forget(inside);
        value.erase(entry);
    }
    else
    {
        ApplyToValue("", inside, entry->second, note);
    }
}

template <class T>
void
Overrider::ApplyToValue(const std::string& rest,
                        const std::string& path,
                        T& value,
                        const FieldNote& note)
{
    constexpr FieldType type = TypeOf<T>();
    if (rest.empty())
    {
        m_marks.Forget(path);
        if constexpr (type == FieldType::Struct)
        {
            value = T{};
        }
        m_reader.ReadValue(m_change->value, path, value, note);
    }
    else if constexpr (type == FieldType::Struct)
    {
        ApplyToStruct(rest, path, value);
    }
    else if constexpr (type == FieldType::Persona)
    {
        ApplyToStruct(rest, path, value.value);
    }
    else if constexpr (type == FieldType::Optional)
    {
        if (!value)
        {
            FailUnknown(path, rest, {});
        }
        ApplyToValue(rest, path, *value, note);
    }
    else if constexpr (type == FieldType::List)
    {
        const std::size_t dot = rest.find('.');
        const std::optional<WholeNumber> index = ParseWhole(rest.substr(0, dot));
        if (!index || index->negative || index->size < 1 || index->size > value.size())
        {
            throw SpecError(m_change->value.at,
                            JoinPath(path, rest.substr(0, dot)),
                            "no such item, expected a number from 1 to " +
                                std::to_string(value.size()));
        }
        ApplyToValue(dot == std::string::npos ? "" : rest.substr(dot + 1),
                     JoinPath(path, std::to_string(index->size)),
                     value[index->size - 1],
                     note);
    }
    else if constexpr (type == FieldType::Map)
    {
        ApplyToMap(rest, path, value, note);
    }
    else
    {
        FailUnknown(path, rest, {});
    }
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_OVERRIDER_H
