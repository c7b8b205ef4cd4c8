#include "lab/scenario/schema-writer.h"

#include "lab/scenario/field-range.h"
#include "lab/scenario/json-printer.h"

#include <algorithm>
#include <cmath>

namespace bouncelab::scenario
{

namespace
{

using Json = nlohmann::ordered_json;

constexpr const char* NUMBER_PATTERN = "^-?(0|[1-9][0-9]*)(\\.[0-9]+)? ?";

/// Whether every JSON reader can hold a bound (RFC 8259 section 6); others are left out.
bool
IsExact(long double bound)
{
    return std::abs(bound) <= 9007199254740991.0L;
}

Json
Bound(FieldKind kind, long double bound)
{
    if (kind == FieldKind::Real)
    {
        return static_cast<double>(bound);
    }
    return bound < 0 ? Json(static_cast<std::int64_t>(bound))
                     : Json(static_cast<std::uint64_t>(bound));
}

/// `schema`, or null: what removes an optional or an entry of a map.
Json
OrNull(Json schema)
{
    Json either;
    either["anyOf"] = {std::move(schema), {{"type", "null"}}};
    return either;
}

/// The schema of a value without parts.
Json
ScalarSchema(const FieldType& type, const FieldNote& note)
{
    const FieldKind kind = KindOf(type, note);
    const FieldRange range = RangeOf(type, note);
    Json schema;
    switch (kind)
    {
    case FieldKind::Boolean:
        schema["type"] = "boolean";
        break;
    case FieldKind::Whole:
    case FieldKind::Real:
        schema["type"] = kind == FieldKind::Real ? "number" : "integer";
        if (IsExact(range.minimum))
        {
            schema["minimum"] = Bound(kind, range.minimum);
        }
        if (IsExact(range.maximum))
        {
            schema["maximum"] = Bound(kind, range.maximum);
        }
        break;
    case FieldKind::BitRate:
        schema["type"] = "string";
        schema["pattern"] = std::string(NUMBER_PATTERN) + "[kMG]?bit/s$";
        break;
    case FieldKind::Duration:
        schema["type"] = "string";
        schema["pattern"] = std::string(NUMBER_PATTERN) + "(ns|us|ms|s|min|h|d)$";
        break;
    case FieldKind::Address:
        schema["type"] = "string";
        schema["anyOf"] = {{{"format", "ipv4"}}, {{"format", "ipv6"}}};
        break;
    case FieldKind::Ipv4Address:
        schema["type"] = "string";
        schema["format"] = "ipv4";
        break;
    case FieldKind::Ethernet:
        schema["type"] = "string";
        schema["pattern"] = "^[0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{1,2}){5}$";
        break;
    case FieldKind::Enumeration:
        schema["enum"] = type.names();
        break;
    default:
        // Text needs no quotes where it looks like a number.
        schema["type"] = {"string", "number", "boolean"};
    }
    return schema;
}

/// Whether it matters for a value if required keys are checked in it.
bool
HasRequired(const FieldType& type)
{
    switch (type.kind)
    {
    case FieldKind::Persona:
        return !type.personaOptional;
    case FieldKind::Optional:
    case FieldKind::Map:
        return HasRequired(*type.element);
    case FieldKind::Struct:
        return std::any_of(type.table().fields.begin(),
                           type.table().fields.end(),
                           [](const FieldEntry& field)
                           { return field.note.required || HasRequired(*field.type); });
    default:
        return false;
    }
}

/// Whether a part of a schema is written on lines of its own.
bool
IsSpread(std::string_view key, const Json& value)
{
    return key == "properties" || key == "definitions" || value.contains("properties");
}

void
Append(std::string& out, const Json& schema, const std::string& indent)
{
    out += "{";
    const char* separator = "\n";
    for (const auto& [key, value] : schema.items())
    {
        out += separator + indent + "  " + Json(key).dump() + ": ";
        separator = ",\n";
        if (IsSpread(key, value))
        {
            Append(out, value, indent + "  ");
        }
        else
        {
            out += value.dump();
        }
    }
    out += "\n" + indent + "}";
}

} // namespace

Json
SchemaWriter::Refer(const FieldType& type, Required required)
{
    const bool isPart = required == Required::Ignored && HasRequired(type);
    const std::string name = StructName(type) + (isPart ? "-part" : "");
    if (!m_definitions.contains(name))
    {
        m_definitions[name] = nullptr;
        m_definitions[name] = WriteStruct(type, required);
    }
    return {{"$ref", "#/definitions/" + name}};
}

Json
SchemaWriter::WriteStruct(const FieldType& type, Required required)
{
    Json schema;
    schema["type"] = "object";
    schema["properties"] = Json::object();
    if (!type.folder.empty())
    {
        schema["properties"]["persona"] = {{"type", "string"}};
    }
    schema["additionalProperties"] = false;
    Json requiredKeys = Json::array();
    const FieldValue defaults{&type, type.table().defaults};
    for (const FieldEntry& field : type.table().fields)
    {
        schema["properties"][std::string(field.key)] = WriteField(field, defaults[field], required);
        if (field.note.required && required == Required::Checked)
        {
            requiredKeys.push_back(field.key);
        }
    }
    if (!requiredKeys.empty())
    {
        schema["required"] = std::move(requiredKeys);
    }
    return schema;
}

Json
SchemaWriter::WriteField(const FieldEntry& field, const FieldValue& value, Required required)
{
    Json schema = WriteValue(*field.type, field.note, required);
    if (schema.contains("$ref"))
    {
        // Draft 7 ignores what stands beside a reference.
        schema = {{"allOf", Json::array({std::move(schema)})}};
    }
    schema["description"] = field.note.sentence;
    switch (field.type->kind)
    {
    case FieldKind::Persona:
    case FieldKind::Optional:
    case FieldKind::Map:
        return schema;
    case FieldKind::Struct:
        if (PrintJson(value) == PrintJson({field.type, field.type->table().defaults}))
        {
            return schema;
        }
        break;
    default:
        break;
    }
    if (!field.note.required)
    {
        schema["default"] = PrintJson(value, field.note);
    }
    return schema;
}

Json
SchemaWriter::WriteValue(const FieldType& type, const FieldNote& note, Required required)
{
    Json schema;
    switch (type.kind)
    {
    case FieldKind::Struct:
        schema = Refer(type, required);
        if (!type.folder.empty())
        {
            schema = {{"allOf", Json::array({std::move(schema)})},
                      {"not", {{"required", {"persona"}}}}};
        }
        break;
    case FieldKind::Persona:
        schema = Refer(*type.element, Required::Ignored);
        if (required == Required::Checked && !type.personaOptional)
        {
            schema = {{"allOf", Json::array({std::move(schema)})}, {"required", {"persona"}}};
        }
        schema = {{"anyOf", {{{"type", "string"}}, std::move(schema)}}};
        break;
    case FieldKind::Optional:
        schema = OrNull(WriteValue(*type.element, note, required));
        break;
    case FieldKind::List:
        schema["type"] = "array";
        // A list replaces the whole list below it, so that its items are complete.
        schema["items"] = WriteValue(*type.element, note, Required::Checked);
        break;
    case FieldKind::Map:
        schema["type"] = "object";
        schema["additionalProperties"] = OrNull(WriteValue(*type.element, note, required));
        break;
    default:
        schema = ScalarSchema(type, note);
    }
    return schema;
}

std::string
FormatSchema(const Json& schema)
{
    std::string text;
    Append(text, schema, "");
    return text + "\n";
}

} // namespace bouncelab::scenario
