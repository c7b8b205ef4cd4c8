#ifndef BOUNCELAB_LAB_SPEC_YAML_READER_H
#define BOUNCELAB_LAB_SPEC_YAML_READER_H

#include "lab/spec/field-type.h"
#include "lab/spec/persona-library.h"
#include "lab/spec/text-tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::spec
{

/// What a scalar conversion needs to say where and why it failed.
struct ScalarContext
{
    const TextNode& node;
    const std::string& path;
    std::string expected;
};

[[noreturn]] void FailFound(const ScalarContext& context); //!< "found ..., expected ..."
bool ReadBoolean(const ScalarContext& context);
WholeNumber ReadWhole(const ScalarContext& context);
double ReadReal(const ScalarContext& context);
std::string ReadText(const ScalarContext& context);
std::int64_t ReadDuration(const ScalarContext& context);
std::int64_t ReadBitRate(const ScalarContext& context);
Ipv4 ReadAddress(const ScalarContext& context);
MacAddress ReadEthernet(const ScalarContext& context);
std::size_t ReadName(const ScalarContext& context, const std::vector<std::string_view>& names);
void CheckKind(const ScalarContext& context, TextNode::Kind kind);
void CheckRange(const ScalarContext& context, long double value, const FieldRange& range);
void CheckKeys(const TextNode& node,
               const std::string& path,
               const std::vector<std::string_view>& known);
[[noreturn]] void FailRemoval(const TextNode& map, std::size_t item, const std::string& path);

/// The persona that a reference names: its file with the reference's own keys laid over it.
TextNode ResolvePersona(const PersonaLibrary* personas,
                        std::string_view kind,
                        const TextNode& node,
                        const std::string& path,
                        std::string& name);

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
     */
    YamlReader(const PersonaLibrary* personas, Marks& marks)
        : m_personas(personas)
        , m_marks(marks)
    {
    }

    /// Reads a whole struct. path is the key path of node. \throws SpecError
    template <class T>
    void ReadStruct(const TextNode& node, const std::string& path, T& value);

    /// Reads one value of any type that a field table may hold. \throws SpecError
    template <class T>
    void ReadValue(const TextNode& node, const std::string& path, T& value, const FieldNote& note);

    /// Called by Describe().
    template <class T>
    void Field(std::string_view key, T& value, const FieldNote& note)
    {
        const TextNode* node = m_node->Find(key);
        if (node != nullptr)
        {
            ReadValue(*node, JoinPath(*m_path, key), value, note);
        }
        else if (note.required)
        {
            throw SpecError(m_node->at,
                            JoinPath(*m_path, key),
                            "found no such key, expected " + Expected<T>(note));
        }
    }

  private:
    template <class T>
    void ReadList(const ScalarContext& context, std::vector<T>& value, const FieldNote& note);
    template <class T>
    void ReadMap(const ScalarContext& context,
                 std::map<std::string, T>& value,
                 const FieldNote& note);
    template <class T>
    void ReadPersona(const TextNode& node, const std::string& path, PersonaRef<T>& value);

    const PersonaLibrary* m_personas;
    Marks& m_marks;
    const TextNode* m_node = nullptr;
    const std::string* m_path = nullptr;
    bool m_inPersona = false;
};

template <class T>
void
YamlReader::ReadStruct(const TextNode& node, const std::string& path, T& value)
{
    CheckKind({node, path, "a map of keys"}, TextNode::Kind::Map);
    m_marks.Set(path, node.at);
    CheckKeys(node, path, KeysOf(value));
    const TextNode* const outerNode = m_node;
    const std::string* const outerPath = m_path;
    m_node = &node;
    m_path = &path;
    Describe(*this, value);
    m_node = outerNode;
    m_path = outerPath;
}

template <class T>
void
YamlReader::ReadList(const ScalarContext& context, std::vector<T>& value, const FieldNote& note)
{
    CheckKind(context, TextNode::Kind::List);
    value.clear();
    for (const TextNode& item : context.node.items)
    {
        T element{};
        ReadValue(item, JoinPath(context.path, std::to_string(value.size() + 1)), element, note);
        value.push_back(std::move(element));
    }
}

template <class T>
void
YamlReader::ReadMap(const ScalarContext& context,
                    std::map<std::string, T>& value,
                    const FieldNote& note)
{
    CheckKind(context, TextNode::Kind::Map);
    // A persona's table is complete only together with its file.
    value.clear();
    for (std::size_t i = 0; i < context.node.keys.size(); ++i)
    {
        const TextNode& item = context.node.items[i];
        const std::string& key = context.node.keys[i].text;
        const std::string path = JoinPath(context.path, key);
        if (item.kind == TextNode::Kind::Null)
        {
            if (!item.replaces || m_inPersona)
            {
                FailRemoval(context.node, i, path);
            }
            continue;
        }
        ReadValue(item, path, value[key], note);
        if constexpr (TypeOf<T>() == FieldType::Struct || TypeOf<T>() == FieldType::Map)
        {
            // What is wrong with an entry as a whole is shown at its name.
            m_marks.Set(path, context.node.keys[i].at);
        }
    }
}

template <class T>
void
YamlReader::ReadPersona(const TextNode& node, const std::string& path, PersonaRef<T>& value)
{
    const TextNode tree =
        ResolvePersona(m_personas, PersonaKind<T>::FOLDER, node, path, value.name);
    value.value = T{};
    m_inPersona = true;
    ReadStruct(tree, path, value.value);
    m_inPersona = false;
    m_marks.Set(path, node.at);
}

template <class T>
void
YamlReader::ReadValue(const TextNode& node,
                      const std::string& path,
                      T& value,
                      const FieldNote& note)
{
    m_marks.Set(path, node.at);
    constexpr FieldType type = TypeOf<T>();
    if constexpr (type == FieldType::Struct)
    {
        ReadStruct(node, path, value);
    }
    else if constexpr (type == FieldType::Persona)
    {
        ReadPersona(node, path, value);
    }
    else if constexpr (type == FieldType::Optional)
    {
        value.reset();
        if (node.kind != TextNode::Kind::Null)
        {
            ReadValue(node, path, value.emplace(), note);
        }
    }
    else
    {
        const ScalarContext context{node, path, Expected<T>(note)};
        if constexpr (type == FieldType::List)
        {
            ReadList(context, value, note);
        }
        else if constexpr (type == FieldType::Map)
        {
            ReadMap(context, value, note);
        }
        else if constexpr (type == FieldType::Boolean)
        {
            value = ReadBoolean(context);
        }
        else if constexpr (type == FieldType::Whole)
        {
            if (TypeOf<T>(note) == FieldType::BitRate)
            {
                const std::int64_t rate = ReadBitRate(context);
                CheckRange(context, static_cast<long double>(rate), RangeOf<T>(note));
                value = static_cast<T>(rate);
                return;
            }
            const WholeNumber number = ReadWhole(context);
            CheckRange(context, number.Value(), RangeOf<T>(note));
            value = static_cast<T>(number.negative ? 0 - number.size : number.size);
        }
        else if constexpr (type == FieldType::Real)
        {
            value = ReadReal(context);
            CheckRange(context, value, RangeOf<T>(note));
        }
        else if constexpr (type == FieldType::Text)
        {
            value = ReadText(context);
        }
        else if constexpr (type == FieldType::Duration)
        {
            value = Nanoseconds(ReadDuration(context));
            CheckRange(context, static_cast<long double>(value.count()), RangeOf<T>(note));
        }
        else if constexpr (type == FieldType::Address)
        {
            value = ReadAddress(context);
        }
        else if constexpr (type == FieldType::Ethernet)
        {
            value = ReadEthernet(context);
        }
        else
        {
            value = EnumNames(T{})[ReadName(context, NamesOf<T>())].second;
        }
    }
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_YAML_READER_H
