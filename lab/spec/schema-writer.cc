#include "lab/spec/schema-writer.h"

namespace bouncelab::spec
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
Bound(FieldType type, long double bound)
{
    if (type == FieldType::Real)
    {
        return static_cast<double>(bound);
    }
    return bound < 0 ? Json(static_cast<std::int64_t>(bound))
                     : Json(static_cast<std::uint64_t>(bound));
}

} // namespace

Json
OrNull(Json schema)
{
    Json either;
    either["anyOf"] = {std::move(schema), {{"type", "null"}}};
    return either;
}

Json
ScalarSchema(FieldType type, const FieldRange& range)
{
    Json schema;
    switch (type)
    {
    case FieldType::Boolean:
        schema["type"] = "boolean";
        break;
    case FieldType::Whole:
    case FieldType::Real:
        schema["type"] = type == FieldType::Real ? "number" : "integer";
        if (IsExact(range.minimum))
        {
            schema["minimum"] = Bound(type, range.minimum);
        }
        if (IsExact(range.maximum))
        {
            schema["maximum"] = Bound(type, range.maximum);
        }
        break;
    case FieldType::BitRate:
        schema["type"] = "string";
        schema["pattern"] = std::string(NUMBER_PATTERN) + "[kMG]?bit/s$";
        break;
    case FieldType::Duration:
        schema["type"] = "string";
        schema["pattern"] = std::string(NUMBER_PATTERN) + "(ns|us|ms|s|min|h|d)$";
        break;
    case FieldType::Address:
        schema["type"] = "string";
        schema["format"] = "ipv4";
        break;
    case FieldType::Ethernet:
        schema["type"] = "string";
        schema["pattern"] = "^[0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{1,2}){5}$";
        break;
    default:
        // Text needs no quotes where it looks like a number.
        schema["type"] = {"string", "number", "boolean"};
    }
    return schema;
}

} // namespace bouncelab::spec
