#include "lab/scenario/json-printer.h"

#include "lab/scenario/field-range.h"
#include "lab/scenario/scalar-text.h"

namespace bouncelab::scenario
{

namespace
{

using Json = nlohmann::ordered_json;

Json
PrintStruct(const FieldValue& value)
{
    Json object = Json::object();
    for (const FieldEntry& field : value.type->table().fields)
    {
        object[std::string(field.key)] = PrintJson(value[field], field.note);
    }
    return object;
}

Json
PrintPersona(const FieldValue& value)
{
    Json object = Json::object();
    if (const std::string& name = value.type->personaName(value.data); !name.empty())
    {
        object["persona"] = name;
    }
    object.update(PrintStruct(value[value.type->parts(value.data).front()]));
    return object;
}

Json
PrintParts(const FieldValue& value, const FieldNote& note)
{
    const bool isMap = value.type->kind == FieldKind::Map;
    Json collection = isMap ? Json::object() : Json::array();
    for (const FieldPart& part : value.type->parts(value.data))
    {
        Json item = PrintJson(value[part], note);
        if (isMap)
        {
            collection[part.name] = std::move(item);
        }
        else
        {
            collection.push_back(std::move(item));
        }
    }
    return collection;
}

Json
PrintWhole(const FieldValue& value, const FieldNote& note)
{
    const std::uint64_t number = value.type->get(value.data);
    if (KindOf(*value.type, note) == FieldKind::BitRate)
    {
        return FormatBitRate(number);
    }
    return value.type->minimum < 0 ? Json(static_cast<std::int64_t>(number)) : Json(number);
}

} // namespace

Json
PrintJson(const FieldValue& value, const FieldNote& note)
{
    switch (value.type->kind)
    {
    case FieldKind::Boolean:
        return value.As<bool>();
    case FieldKind::Whole:
    case FieldKind::BitRate:
        return PrintWhole(value, note);
    case FieldKind::Real:
        return value.As<double>();
    case FieldKind::Text:
        return value.As<std::string>();
    case FieldKind::Duration:
        return FormatDuration(value.As<Nanoseconds>());
    case FieldKind::Address:
        return value.As<IpAddress>().ToString();
    case FieldKind::Ipv4Address:
        return value.As<Ipv4>().ToString();
    case FieldKind::Ethernet:
        return value.As<MacAddress>().ToString();
    case FieldKind::Enumeration:
        return value.type->names().at(value.type->get(value.data));
    case FieldKind::Optional:
    {
        const std::vector<FieldPart> parts = value.type->parts(value.data);
        return parts.empty() ? Json() : PrintJson(value[parts.front()], note);
    }
    case FieldKind::List:
    case FieldKind::Map:
        return PrintParts(value, note);
    case FieldKind::Persona:
        return PrintPersona(value);
    case FieldKind::Struct:
        break;
    }
    return PrintStruct(value);
}

} // namespace bouncelab::scenario
