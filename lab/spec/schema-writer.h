#ifndef BOUNCELAB_LAB_SPEC_SCHEMA_WRITER_H
#define BOUNCELAB_LAB_SPEC_SCHEMA_WRITER_H

#include "lab/spec/json-printer.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <string>
#include <string_view>

namespace bouncelab::spec
{

/**
 * Writes the field table of a struct as draft-07 JSON Schema, for completion and checks in editors.
 * The reader is the judge: a schema knows no cross-references and no exact decimals.
 */
class SchemaWriter
{
  public:
    /// Whether a map may leave required keys out, because it is laid over another.
    enum class Required
    {
        Checked,
        Ignored,
    };

    template <class T>
    static nlohmann::ordered_json Write(Required required)
    {
        SchemaWriter writer(required);
        T defaults{};
        return writer.WriteStruct(defaults);
    }

    /// Called by Describe().
    template <class T>
    void Field(std::string_view key, T& value, const FieldNote& note);

  private:
    explicit SchemaWriter(Required required)
        : m_required(required)
    {
    }

    template <class T>
    nlohmann::ordered_json WriteStruct(T& defaults) const;
    template <class T>
    nlohmann::ordered_json WriteValue(T& value, const FieldNote& note) const;

    Required m_required;
    nlohmann::ordered_json m_properties = nlohmann::ordered_json::object();
    nlohmann::ordered_json m_requiredKeys = nlohmann::ordered_json::array();
};

/// `schema`, or null: what removes an optional or an entry of a map.
nlohmann::ordered_json OrNull(nlohmann::ordered_json schema);

/// The schema of a value without parts.
nlohmann::ordered_json ScalarSchema(FieldType type, const FieldRange& range);

template <class T>
nlohmann::ordered_json
SchemaWriter::WriteStruct(T& defaults) const
{
    SchemaWriter inside(m_required);
    Describe(inside, defaults);
    nlohmann::ordered_json schema;
    schema["type"] = "object";
    schema["properties"] = std::move(inside.m_properties);
    schema["additionalProperties"] = false;
    if (m_required == Required::Checked && !inside.m_requiredKeys.empty())
    {
        schema["required"] = std::move(inside.m_requiredKeys);
    }
    return schema;
}

template <class T>
nlohmann::ordered_json
SchemaWriter::WriteValue(T& value, const FieldNote& note) const
{
    constexpr FieldType type = TypeOf<T>();
    nlohmann::ordered_json schema;
    if constexpr (type == FieldType::Struct)
    {
        return WriteStruct(value);
    }
    else if constexpr (type == FieldType::Persona)
    {
        nlohmann::ordered_json overriding =
            SchemaWriter(Required::Ignored).WriteStruct(value.value);
        overriding["properties"]["persona"] = {{"type", "string"}};
        if (m_required == Required::Checked)
        {
            overriding["required"] = {"persona"};
        }
        schema["anyOf"] = {{{"type", "string"}}, std::move(overriding)};
    }
    else if constexpr (type == FieldType::Optional)
    {
        typename T::value_type element{};
        return OrNull(WriteValue(element, note));
    }
    else if constexpr (type == FieldType::List)
    {
        typename T::value_type element{};
        schema["type"] = "array";
        // A list replaces the whole list below it, so that its items are complete.
        schema["items"] = SchemaWriter(Required::Checked).WriteValue(element, note);
    }
    else if constexpr (type == FieldType::Map)
    {
        typename T::mapped_type element{};
        schema["type"] = "object";
        schema["additionalProperties"] = OrNull(WriteValue(element, note));
    }
    else if constexpr (type == FieldType::Enumeration)
    {
        schema["enum"] = NamesOf<T>();
    }
    else
    {
        schema = ScalarSchema(TypeOf<T>(note), RangeOf<T>(note));
    }
    return schema;
}

template <class T>
void
SchemaWriter::Field(std::string_view key, T& value, const FieldNote& note)
{
    nlohmann::ordered_json schema = WriteValue(value, note);
    schema["description"] = note.sentence;
    constexpr FieldType type = TypeOf<T>();
    constexpr bool hasDefault = type != FieldType::Struct && type != FieldType::Persona &&
                                type != FieldType::Optional && type != FieldType::Map;
    if constexpr (hasDefault)
    {
        if (!note.required)
        {
            schema["default"] = JsonPrinter::PrintValue(value, note);
        }
    }
    if (note.required)
    {
        m_requiredKeys.push_back(key);
    }
    m_properties[std::string(key)] = std::move(schema);
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_SCHEMA_WRITER_H
