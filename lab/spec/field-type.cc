#include "lab/spec/field-type.h"

#include <fmt/format.h>

#include <cmath>

namespace bouncelab::spec
{

std::string
FormatBound(FieldType type, long double bound)
{
    if (!std::isfinite(bound))
    {
        return "";
    }
    switch (type)
    {
    case FieldType::Duration:
        return FormatDuration(Nanoseconds(static_cast<std::int64_t>(bound)));
    case FieldType::BitRate:
        return FormatBitRate(static_cast<std::uint64_t>(bound));
    case FieldType::Real:
        return FormatReal(static_cast<double>(bound));
    default:
        return fmt::format("{:.0f}", bound);
    }
}

std::string
FormatRange(FieldType type, const FieldRange& range)
{
    const std::string minimum = FormatBound(type, range.minimum);
    const std::string maximum = FormatBound(type, range.maximum);
    if (minimum.empty() && maximum.empty())
    {
        return "";
    }
    if (maximum.empty())
    {
        return " of at least " + minimum;
    }
    return minimum.empty() ? " of at most " + maximum : " from " + minimum + " to " + maximum;
}

std::string
ExpectedText(FieldType type, const FieldRange& range)
{
    const auto with = [&](const char* text) { return text + FormatRange(type, range); };
    switch (type)
    {
    case FieldType::Boolean:
        return "true or false";
    case FieldType::Whole:
        return with("a whole number");
    case FieldType::BitRate:
        return with("a rate with unit (bit/s, kbit/s, Mbit/s, Gbit/s)");
    case FieldType::Real:
        return with("a number");
    case FieldType::Text:
        return "text";
    case FieldType::Duration:
        return with("a duration with unit (ns, us, ms, s, min, h, d)");
    case FieldType::Address:
        return "an IPv4 address";
    case FieldType::Ethernet:
        return "an Ethernet address";
    case FieldType::Enumeration:
        return "one of a few names";
    case FieldType::List:
        return "a list";
    case FieldType::Persona:
        return "the name of a persona, or a map with `persona` and keys of its own";
    case FieldType::Optional:
    case FieldType::Map:
    case FieldType::Struct:
        break;
    }
    return "a map";
}

} // namespace bouncelab::spec
